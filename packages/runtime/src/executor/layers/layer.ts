import type { NodeContext, Values } from '@anabranch/plugin-sdk'
import { emissionForm } from '@anabranch/plugin-sdk/host'

/** The work of a node: one input record in, an emission out. */
export type Execute = (inputs: Values, context: NodeContext) => unknown
/** Wraps the work of a node. Layers know nothing of each other; their order is said once, in `layered`. */
export type Layer = (execute: Execute) => Execute

/** Whether a result is there at once and whole: the hot case, which layers pass on without a closure. */
export function isPlain(result: unknown): boolean {
  return typeof result !== 'object' || result === null || emissionForm(result) === 'record'
}

/**
 * Tells how a promise or an iterable ended, and passes it on unchanged: `ok` when it resolved or came to its end,
 * `failed` when it threw. One of them is called exactly once; an iterable that is left early ended well.
 */
export function watch(result: unknown, ok: () => void, failed: (error: unknown) => void): unknown {
  switch (emissionForm(result as object)) {
    case 'promise':
      return (result as Promise<unknown>).then(
        (value) => {
          if (isAsyncIterable(value)) return watchAsyncIterable(value, ok, failed)
          ok()
          return value
        },
        (error: unknown) => {
          failed(error)
          throw error
        },
      )
    case 'iterable':
      return watchIterable(result as Iterable<unknown>, ok, failed)
    default:
      return watchAsyncIterable(result as AsyncIterable<unknown>, ok, failed)
  }
}

/** Of a promise: a node elsewhere says only later that it gives several outputs. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && emissionForm(value) === 'async-iterable'
}

function* watchIterable(items: Iterable<unknown>, ok: () => void, failed: (error: unknown) => void): Iterable<unknown> {
  let told = false
  try {
    yield* items
  } catch (error) {
    told = true
    failed(error)
    throw error
  } finally {
    if (!told) ok()
  }
}

async function* watchAsyncIterable(
  items: AsyncIterable<unknown>,
  ok: () => void,
  failed: (error: unknown) => void,
): AsyncIterable<unknown> {
  let told = false
  try {
    yield* items
  } catch (error) {
    told = true
    failed(error)
    throw error
  } finally {
    if (!told) ok()
  }
}
