import type { OperatorFunction } from 'rxjs'
import type { NodeContext } from './context.ts'
import type { Emission, Life, NodeExecutor } from './contract/node-executor.ts'
import { PluginError } from './errors/classes.ts'
import type { Fusing } from './fusing.ts'
import { rxjs } from './rxjs.ts'
import { NodeInputs, NodeOutputs, type Values } from './values.ts'

/** What a host runs: a node whose inputs and outputs are plain records. `defineNode` nodes are this already. */
export interface RecordBody extends Life {
  /** Delay of the node itself in µs, subtracted from media time under `time: samples`. */
  readonly delayUs?: number
  validateInputs?(inputs: Values): void | Promise<void>
  execute?(inputs: Values, context: NodeContext): Emission<Values | undefined> | void
  flush?(context: NodeContext): Emission<Values | undefined> | void
  stream?(inputs: AsyncIterable<Values>, context: NodeContext): AsyncIterable<Values>
  operator?(context: NodeContext): OperatorFunction<Values, Values>
  source?(context: NodeContext): AsyncIterable<Values> | Iterable<Values>
  /** Where its calls are made, for a body that has threads of its own; undefined leaves it to the body. */
  place?(where: 'inline' | 'thread' | undefined): void
  /** Where it can be called in one go with others of its maker. */
  readonly fusing?: Fusing
}

const BODY = Symbol.for('anabranch.body')
type WithBody = { readonly [BODY]?: RecordBody }

/** The record form of any node: its own where `defineNode` made it, else a thin wrapper around its methods. */
export function recordBody(executor: NodeExecutor): RecordBody {
  return (executor as WithBody)[BODY] ?? wrap(executor)
}

/** The contract's form of a body, which keeps the body for hosts. */
export function bodyExecutor(
  head: Pick<NodeExecutor, 'nodeType' | 'runtime' | 'inputKeys' | 'outputKeys'>,
  body: RecordBody,
): NodeExecutor {
  const { validateInputs, execute, flush, stream, operator, source } = body
  const executor: NodeExecutor & WithBody = {
    ...head,
    [BODY]: body,
    ...(body.prepare && { prepare: (context: NodeContext) => body.prepare?.(context) }),
    ...(body.reset && { reset: () => body.reset?.() }),
    ...(body.cleanup && { cleanup: () => body.cleanup?.() }),
    ...(body.snapshot && { snapshot: () => body.snapshot?.() }),
    ...(body.restore && { restore: (state: unknown) => body.restore?.(state) }),
    ...(body.onControl && {
      onControl: (message: unknown, context: NodeContext) => body.onControl?.(message, context),
    }),
    ...(validateInputs && { validateInputs: (inputs: NodeInputs) => validateInputs.call(body, inputs.data) }),
    ...(execute && {
      execute: (inputs: NodeInputs, context: NodeContext) =>
        mapEmission(execute.call(body, inputs.data, context), toOutputs),
    }),
    ...(flush && { flush: (context: NodeContext) => mapEmission(flush.call(body, context), toOutputs) }),
    ...(stream && {
      stream: (inputs: AsyncIterable<NodeInputs>, context: NodeContext) =>
        mapAsync(stream.call(body, mapAsync(inputs, dataOf), context), toOutputs),
    }),
    ...(operator && {
      operator: (context: NodeContext) => {
        const { map, pipe } = rxjs()
        return pipe(map(dataOf), operator.call(body, context), map(toOutputs))
      },
    }),
    ...(source && {
      source: (context: NodeContext) =>
        mapEmission(source.call(body, context), toOutputs) as AsyncIterable<NodeOutputs>,
    }),
  }
  return executor
}

function wrap(executor: NodeExecutor): RecordBody {
  const { validateInputs, execute, flush, stream, operator, source } = executor
  return {
    ...(executor.prepare && { prepare: (context: NodeContext) => executor.prepare?.(context) }),
    ...(executor.reset && { reset: () => executor.reset?.() }),
    ...(executor.cleanup && { cleanup: () => executor.cleanup?.() }),
    ...(executor.snapshot && { snapshot: () => executor.snapshot?.() }),
    ...(executor.restore && { restore: (state: unknown) => executor.restore?.(state) }),
    ...(executor.onControl && {
      onControl: (message: unknown, context: NodeContext) => executor.onControl?.(message, context),
    }),
    ...(validateInputs && {
      validateInputs: (inputs: Values) => validateInputs.call(executor, new NodeInputs(inputs)),
    }),
    ...(execute && {
      execute: (inputs: Values, context: NodeContext) =>
        mapEmission(execute.call(executor, new NodeInputs(inputs), context), dataOf),
    }),
    ...(flush && { flush: (context: NodeContext) => mapEmission(flush.call(executor, context), dataOf) }),
    ...(stream && {
      stream: (inputs: AsyncIterable<Values>, context: NodeContext) =>
        mapAsync(
          stream.call(
            executor,
            mapAsync(inputs, (data) => new NodeInputs(data)),
            context,
          ),
          dataOf,
        ),
    }),
    ...(operator && {
      operator: (context: NodeContext) => {
        const { map, pipe } = rxjs()
        return pipe(
          map((data: Values) => new NodeInputs(data)),
          operator.call(executor, context),
          map(dataOf),
        )
      },
    }),
    ...(source && {
      source: (context: NodeContext) => mapEmission(source.call(executor, context), dataOf) as AsyncIterable<Values>,
    }),
  }
}

const toOutputs = (data: Values): NodeOutputs => new NodeOutputs(data)

function dataOf(values: { readonly data: Values }): Values {
  if (values.data !== undefined) return values.data
  throw new PluginError('a hand-written executor gives NodeOutputs, not a plain record', {
    fix: 'return new NodeOutputs({ … }), or use defineNode',
  })
}

/** `f` over every result of an emission, whatever its form; an absent result stays absent. */
function mapEmission<A extends object, B>(
  emission: Emission<A | undefined> | void | Promise<void>,
  f: (a: A) => B,
): Emission<B | undefined> {
  if (emission === undefined || emission === null) return undefined
  const form = emissionForm(emission)
  if (form === 'promise') return (emission as Promise<A | undefined>).then((a) => (a === undefined ? undefined : f(a)))
  if (form === 'iterable') return mapSync(emission as Iterable<A>, f)
  if (form === 'async-iterable') return mapAsync(emission as AsyncIterable<A>, f)
  return f(emission as A)
}

/** Which form a result has. Plain records are asked first: they are the hot case. */
export function emissionForm(result: object): 'record' | 'promise' | 'iterable' | 'async-iterable' {
  const shape = result as { then?: unknown; [Symbol.iterator]?: unknown; [Symbol.asyncIterator]?: unknown }
  if (typeof shape.then === 'function') return 'promise'
  if (typeof shape[Symbol.iterator] === 'function') return 'iterable'
  if (typeof shape[Symbol.asyncIterator] === 'function') return 'async-iterable'
  return 'record'
}

function* mapSync<A, B>(items: Iterable<A>, f: (a: A) => B): Iterable<B> {
  for (const item of items) yield f(item)
}

async function* mapAsync<A, B>(items: AsyncIterable<A>, f: (a: A) => B): AsyncIterable<B> {
  for await (const item of items) yield f(item)
}
