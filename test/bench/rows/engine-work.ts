import { once } from 'node:events'
import { Readable, Transform, Writable } from 'node:stream'
import { anything, type DefinedNode, defineNode, type Inputs, type Outputs } from '@anabranch/plugin-sdk'
import { createExecutor, type ExecutorOptions, type Manifest, Registry } from '@anabranch/runtime'
import { map, type Observable, Subject } from 'rxjs'

/** The work of every engine row: five small functions on whole numbers, so that the hop is what is measured. */
const add1 = (x: number): number => x + 1
const twice = (x: number): number => x * 2
const less3 = (x: number): number => x - 3
const flip5 = (x: number): number => x ^ 5
const add7 = (x: number): number => x + 7
export const steps: readonly ((x: number) => number)[] = [add1, twice, less3, flip5, add7]
/** All five, as somebody who fuses them writes it: a loop over `steps` costs 50 ns and 55 bytes a call by itself. */
export const fused = (x: number): number => add7(flip5(less3(twice(add1(x)))))

// biome-ignore lint/suspicious/noExplicitAny: nodes of any params and ports
type AnyNode = DefinedNode<string, any, Inputs, Outputs>

const input = { input: anything }
const output = { output: anything }

/** A source of the whole numbers below `n`. */
export const numbers = (n: number): AnyNode =>
  defineNode({
    type: 'Numbers',
    summary: 'Whole numbers.',
    outputs: output,
    create: () => ({
      *source() {
        for (let i = 0; i < n; i++) yield { output: i }
      },
    }),
  }) as unknown as AnyNode

/** An execute node of one function. */
export const step = (type: string, f: (x: number) => number): AnyNode =>
  defineNode({
    type,
    summary: 'One function.',
    inputs: input,
    outputs: output,
    create: () => ({ execute: ({ input }) => ({ output: f(input as number) }) }),
  }) as unknown as AnyNode

/** The same as an RxJS operator. */
export const operatorStep = (type: string, f: (x: number) => number): AnyNode =>
  defineNode({
    type,
    summary: 'One function, as an operator.',
    lineage: 'each',
    inputs: input,
    outputs: output,
    create: () => ({
      operator: () => map(({ input }: { readonly input: unknown }) => ({ output: f(input as number) })),
    }),
  }) as unknown as AnyNode

/** A node that adds what a zip gives it. */
export const addNode = (): AnyNode =>
  defineNode({
    type: 'Add',
    summary: 'Adds two numbers.',
    inputs: { a: anything, b: anything },
    outputs: output,
    create: () => ({ execute: ({ a, b }) => ({ output: (a as number) + (b as number) }) }),
  }) as unknown as AnyNode

export const sink = (add: (x: number) => void): AnyNode =>
  defineNode({
    type: 'Sum',
    summary: 'Adds up.',
    inputs: input,
    create: () => ({ execute: ({ input }) => add(input as number) }),
  }) as unknown as AnyNode

/** A graph as `[id, node, in]`; ids are the types. */
export type Wiring = readonly (readonly [node: AnyNode, wires: Readonly<Record<string, string>>])[]

/** Runs a graph to its end and checks the ledger; gives ms of the run, without making the executor. */
export async function runGraph(wiring: Wiring, options: ExecutorOptions = {}): Promise<number> {
  const registry = new Registry()
  for (const [node] of wiring) registry.register(node.spec.type, node as never)
  const nodes = Object.fromEntries(wiring.map(([{ spec }, wires]) => [spec.type, { type: spec.type, in: wires }]))
  const executor = await createExecutor({ version: 'v1', nodes } as Manifest, { registry, ...options })
  const start = performance.now()
  const session = await executor.open()
  const ledger = await session.end()
  const elapsed = performance.now() - start
  if (!ledger.balanced || ledger.in_flight !== 0) throw new Error('the ledger is not balanced')
  await executor.close()
  return elapsed
}

/** A chain between a source and a summing sink; gives ns an item, and throws where the sum is wrong. */
export async function timeChain(
  n: number,
  nodes: readonly AnyNode[],
  f: (x: number) => number,
  options: ExecutorOptions = {},
): Promise<number> {
  let sum = 0
  const last = nodes.at(-1)?.spec.type ?? 'Numbers'
  const wiring: Wiring = [
    [numbers(n), {}],
    ...nodes.map((node, at) => [node, { input: `${nodes[at - 1]?.spec.type ?? 'Numbers'}.output` }] as const),
    [
      sink((x) => {
        sum += x
      }),
      { input: `${last}.output` },
    ],
  ]
  const ms = await runGraph(wiring, options)
  checkSum(n, f, sum)
  return (ms * 1e6) / n
}

export function checkSum(n: number, f: (x: number) => number, sum: number): void {
  let expected = 0
  for (let i = 0; i < n; i++) expected += f(i)
  if (sum !== expected) throw new Error(`the sum is ${sum}, expected ${expected}`)
}

export const chain5 = (): AnyNode[] => steps.map((f, at) => step(`Step${at}`, f))

/** ns an item of whole numbers pushed through a Subject and what `pipe` makes of it. */
export function timeSubject(
  n: number,
  pipe: (source: Observable<number>) => Observable<number>,
  f: (x: number) => number,
): number {
  const source = new Subject<number>()
  let sum = 0
  pipe(source).subscribe((x) => {
    sum += x
  })
  const start = performance.now()
  for (let i = 0; i < n; i++) source.next(i)
  source.complete()
  const elapsed = performance.now() - start
  checkSum(n, f, sum)
  return (elapsed * 1e6) / n
}

/** A Subject after each function: what a hop costs in plain RxJS. */
export const subjectHops = (source: Observable<number>): Observable<number> =>
  steps.reduce((from, f) => {
    const to = new Subject<number>()
    from.subscribe({ next: (x) => to.next(f(x)), complete: () => to.complete() })
    return to as Observable<number>
  }, source)

/** Five maps in one pipe: the least that RxJS can do. */
export const fiveMaps = (source: Observable<number>): Observable<number> =>
  source.pipe(
    map(steps[0] as never),
    map(steps[1] as never),
    map(steps[2] as never),
    map(steps[3] as never),
    map(steps[4] as never),
  )

/** ns an item of five object-mode Transforms between a Readable and a Writable. */
export async function timeStreams(n: number): Promise<number> {
  let i = 0
  let sum = 0
  const start = performance.now()
  let stream: Readable = new Readable({
    objectMode: true,
    read() {
      this.push(i < n ? i++ : null)
    },
  })
  for (const f of steps)
    stream = stream.pipe(
      new Transform({
        objectMode: true,
        transform(chunk, _encoding, done) {
          done(null, f(chunk))
        },
      }),
    )
  const end = stream.pipe(
    new Writable({
      objectMode: true,
      write(chunk, _encoding, done) {
        sum += chunk
        done()
      },
    }),
  )
  await once(end, 'finish')
  const elapsed = performance.now() - start
  checkSum(n, fused, sum)
  return (elapsed * 1e6) / n
}

/** Items of one sample. */
export const items = (quick: boolean): number => (quick ? 100_000 : 300_000)
export const identity = (x: number): number => x
