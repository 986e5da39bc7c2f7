import { type NodeExecutor, NodeInputs, NodeOutputs } from '@anabranch/plugin-sdk'
import { bodyExecutor, emissionForm, type RecordBody, recordBody, standaloneContext } from '@anabranch/plugin-sdk/host'
import { from, lastValueFrom, map, toArray } from 'rxjs'
import t from 'tap'
import { thrown } from './coded.ts'

const context = standaloneContext('a')
const head = { nodeType: 'Echo', runtime: 'javascript' } as const
const out = (output: unknown) => new NodeOutputs({ output: output as string })
const written = (rest: Partial<NodeExecutor>): NodeExecutor => ({ ...head, ...rest })

async function collect<A>(items: AsyncIterable<A> | Iterable<A>): Promise<A[]> {
  const all: A[] = []
  for await (const item of items) all.push(item)
  return all
}
async function* asyncOf<A>(...items: A[]): AsyncIterable<A> {
  yield* items
}

/** A hand-written node with state in `this`, so that a lost receiver shows. */
class Shout implements NodeExecutor {
  readonly nodeType = 'Shout'
  readonly runtime = 'javascript'
  calls: string[] = []
  prepare() {
    this.calls.push('prepare')
  }
  reset() {
    this.calls.push('reset')
  }
  cleanup() {
    this.calls.push('cleanup')
  }
  onControl(message: unknown) {
    this.calls.push(`control ${message}`)
  }
  validateInputs(inputs: NodeInputs) {
    this.calls.push(`validate ${inputs.get('input')}`)
  }
  execute(inputs: NodeInputs) {
    this.calls.push('execute')
    return out(`${inputs.get('input')}!`)
  }
  flush() {
    this.calls.push('flush')
    return [out('end')]
  }
}

t.test('recordBody: a hand-written class keeps its receiver in every method', async (t) => {
  const node = new Shout()
  const body = recordBody(node)
  await body.prepare?.(context)
  body.validateInputs?.({ input: 'a' })
  t.same(body.execute?.({ input: 'a' }, context), { output: 'a!' })
  t.same(await collect((body.flush?.(context) ?? []) as Iterable<object>), [{ output: 'end' }])
  await body.onControl?.('x', context)
  await body.reset?.()
  await body.cleanup?.()
  t.same(node.calls, ['prepare', 'validate a', 'execute', 'flush', 'control x', 'reset', 'cleanup'])
})

t.test('recordBody: only what the node has', async (t) => {
  t.same(Object.keys(recordBody(written({ execute: () => undefined }))), ['execute'])
  t.same(Object.keys(recordBody(written({ source: () => [] }))), ['source'])
})

t.test('recordBody: every form of a result', async (t) => {
  const run = (execute: NonNullable<NodeExecutor['execute']>) => recordBody(written({ execute })).execute?.({}, context)
  t.same(
    run(() => out(1)),
    { output: 1 },
  )
  t.equal(
    run(() => undefined),
    undefined,
  )
  t.same(await run(async () => out(2)), { output: 2 })
  t.equal(await run(async () => undefined), undefined)
  t.same(await collect(run(() => [out(3), out(4)]) as Iterable<unknown>), [{ output: 3 }, { output: 4 }])
  const generator = run(function* () {
    yield out(5)
  })
  t.same(await collect(generator as Iterable<unknown>), [{ output: 5 }])
  t.same(await collect(run(() => asyncOf(out(6))) as AsyncIterable<unknown>), [{ output: 6 }])
})

t.test('recordBody: a plain record from a hand-written node is refused, never lost', async (t) => {
  const body = recordBody(written({ execute: () => ({ output: 1 }) as unknown as NodeOutputs }))
  t.match(thrown('ANB_PLUGIN', () => body.execute?.({}, context)).fix, /new NodeOutputs/)
})

t.test('recordBody: stream, operator and source', async (t) => {
  const stream = recordBody(
    written({
      async *stream(inputs) {
        for await (const each of inputs) yield out(each.get('input'))
      },
    }),
  )
  t.same(await collect(stream.stream?.(asyncOf({ input: 1 }, { input: 2 }), context) ?? []), [
    { output: 1 },
    { output: 2 },
  ])
  const operator = recordBody(written({ operator: () => map((inputs) => out(inputs.get('input'))) }))
  const results = from([{ input: 1 }]).pipe(operator.operator?.(context) as never, toArray())
  t.same(await lastValueFrom(results), [{ output: 1 }])
  t.same(await collect(recordBody(written({ source: () => asyncOf(out(1)) })).source?.(context) ?? []), [{ output: 1 }])
  t.same(await collect(recordBody(written({ source: () => [out(2)] })).source?.(context) ?? []), [{ output: 2 }])
})

t.test('recordBody: leaving an iterable early closes the node’s generator', async (t) => {
  let closed = 0
  const endless = recordBody(
    written({
      *execute() {
        try {
          for (;;) yield out(1)
        } finally {
          closed++
        }
      },
      async *source() {
        try {
          for (;;) yield out(1)
        } finally {
          closed++
        }
      },
    }),
  )
  for (const _ of (endless.execute?.({}, context) ?? []) as Iterable<unknown>) break
  for await (const _ of endless.source?.(context) ?? []) break
  t.equal(closed, 2)
})

t.test('bodyExecutor: the contract’s form of a body, and back to the same body', async (t) => {
  const body: RecordBody = {
    prepare: () => undefined,
    reset: () => undefined,
    cleanup: () => undefined,
    onControl: () => undefined,
    validateInputs: () => undefined,
    execute: ({ input }) => ({ output: input }),
    flush: () => undefined,
  }
  const executor = bodyExecutor({ ...head, inputKeys: ['input'] }, body)
  t.equal(recordBody(executor), body)
  t.same(Object.keys(executor).sort(), [...Object.keys(head), 'inputKeys', ...Object.keys(body)].sort())
  const result = executor.execute?.(new NodeInputs({ input: 1 }), context)
  t.ok(result instanceof NodeOutputs)
  t.same((result as NodeOutputs).data, { output: 1 })
})

t.test('bodyExecutor: stream, operator and source', async (t) => {
  const executor = bodyExecutor(head, {
    async *stream(inputs) {
      for await (const { input } of inputs) yield { output: input }
    },
    operator: () => map(({ input }) => ({ output: input })),
    *source() {
      yield { output: 1 }
    },
  })
  const inputs = new NodeInputs({ input: 1 })
  const datas = async (items: AsyncIterable<NodeOutputs> | Iterable<NodeOutputs> = []) =>
    (await collect(items)).map((item) => item.data)
  t.same(await datas(executor.stream?.(asyncOf(inputs), context)), [{ output: 1 }])
  t.same(await datas(executor.source?.(context)), [{ output: 1 }])
  const results = from([inputs]).pipe(executor.operator?.(context) as never, toArray())
  t.same(
    (await lastValueFrom(results as never as ReturnType<typeof from<NodeOutputs[][]>>)).map((each) => each.data),
    [{ output: 1 }],
  )
})

t.test('emissionForm', async (t) => {
  t.equal(emissionForm({ output: 1 }), 'record')
  t.equal(emissionForm(Promise.resolve()), 'promise')
  t.equal(emissionForm([]), 'iterable')
  t.equal(emissionForm(asyncOf()), 'async-iterable')
})
