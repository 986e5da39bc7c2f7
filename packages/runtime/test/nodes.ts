import { anything, defineNode, type NodeContext, type NodeSpec, operatorNode } from '@anabranch/plugin-sdk'
import type { OperatorFunction } from 'rxjs'

type Extras = Omit<Partial<NodeSpec>, 'type' | 'inputs' | 'outputs' | 'params'>
// biome-ignore lint/suspicious/noExplicitAny: nodes of tests take any value
type Any = any

/** A source of the given values; a function is called for each session. */
export function sourceOf(
  values: Iterable<unknown> | AsyncIterable<unknown> | (() => Iterable<unknown>),
  type = 'Source',
) {
  return defineNode({
    type,
    summary: 'Gives the values of a test.',
    outputs: { output: anything },
    create: () => ({
      async *source() {
        for await (const output of typeof values === 'function' ? values() : values) yield { output }
      },
    }),
  })
}

/** A source that needs no promise: the fastest there is. */
export function quickSource(values: () => Iterable<unknown>, type = 'QuickSource') {
  return defineNode({
    type,
    summary: 'Gives the values of a test at once.',
    outputs: { output: anything },
    create: () => ({
      *source() {
        for (const output of values()) yield { output }
      },
    }),
  })
}

export function* upTo(count: number): Iterable<number> {
  for (let n = 0; n < count; n++) yield n
}

/** One input, one output; what `f` gives is the emission's value, `undefined` gives nothing. */
export function mapNode(type: string, f: (value: Any, context: NodeContext) => unknown, extras: Extras = {}) {
  return defineNode({
    type,
    summary: 'A function of a test.',
    ...extras,
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({
      execute: ({ input }, context) => {
        const output = f(input, context)
        return output instanceof Promise ? output.then((value) => ({ output: value })) : { output }
      },
    }),
  })
}

/** One input, and whatever form of emission `f` gives. */
export function emitNode(type: string, f: (value: Any, context: NodeContext) => Any, extras: Extras = {}) {
  return defineNode({
    type,
    summary: 'A function of a test.',
    ...extras,
    inputs: { input: anything },
    outputs: { output: anything },
    create: () => ({ execute: ({ input }, context) => f(input, context) }),
  })
}

export const pass = mapNode('Pass', (value) => value, { purity: 'pure' })

/** A sink that keeps what it got, or does what it is told. */
export function sinkTo(take: unknown[] | ((value: Any, context: NodeContext) => void | Promise<void>), type = 'Sink') {
  return defineNode({
    type,
    summary: 'Keeps what a test looks at.',
    purity: 'effectful',
    inputs: { input: anything },
    create: () => ({
      execute: ({ input }, context) => {
        if (typeof take === 'function') return take(input, context)
        take.push(input)
      },
    }),
  })
}

/** An operator over bare values. */
export function rxNode(
  type: string,
  operator: () => OperatorFunction<Any, unknown>,
  extras: { lineage?: 'each' | 'span'; timed?: boolean; maxHeld?: number } = {},
) {
  return operatorNode({
    type,
    summary: 'An operator of a test.',
    input: anything,
    output: anything,
    ...extras,
    operator,
  })
}

/** Two inputs under `left` and `right`, given on as a pair. */
export function pairNode(type: string, extras: Extras = {}) {
  return defineNode({
    type,
    summary: 'Pairs two values.',
    ...extras,
    inputs: { left: anything, right: anything },
    outputs: { output: anything },
    create: () => ({ execute: ({ left, right }) => ({ output: [left, right] }) }),
  })
}

/** A promise and the functions that end it. */
export function gate<T = void>() {
  let open!: (value: T) => void
  let fail!: (error: unknown) => void
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}

/** The values of a session's outputs, gathered as they come. */
export function gather(session: { outputs: { subscribe(observer: object): unknown } }): Any[] {
  const values: Any[] = []
  session.outputs.subscribe({ next: (output: { value: unknown }) => values.push(output.value), error: () => undefined })
  return values
}
