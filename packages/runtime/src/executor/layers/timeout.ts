import { type Clock, type NodeContext, TimeoutError } from '@anabranch/plugin-sdk'
import { emissionForm } from '@anabranch/plugin-sdk/host'
import { isAsyncIterable, type Layer } from './layer.ts'

/**
 * Bounds the time of a promise, or of each step of an async iterable. Synchronous work cannot be timed out in its own
 * thread. The node's signal aborts at the limit; a node of concurrency 1 that goes on all the same is waited for before
 * its next call, so that two calls never overlap: for as long again, or `patienceMs` where that is longer. A promise may
 * be of an async iterable.
 */
export function timeout(
  ms: number,
  clock: Clock,
  what: 'attempt' | 'total',
  exclusive: boolean,
  patienceMs = 0,
): Layer {
  return (execute) => {
    let deaf: Promise<unknown> | null = null
    return (inputs, context) => {
      const call = () => {
        const { child, expire, settle } = abortable(context)
        const error = () =>
          new TimeoutError(`node "${context.nodeId}" took longer than ${ms} ms (${what})`, {
            afterMs: ms,
            nodeId: context.nodeId,
            fix: what === 'attempt' ? 'raise timeout_ms, or make the node faster' : 'raise total_timeout_ms',
          })
        const bounded = (promise: Promise<unknown>) =>
          within(promise, ms, clock, () => {
            const late = error()
            expire(late)
            if (exclusive) {
              const ended = promise
                .then(undefined, () => undefined)
                .then(() => {
                  if (deaf === ended) deaf = null
                })
              deaf = ended
            }
            return late
          })
        const result = execute(inputs, child)
        if (typeof result !== 'object' || result === null) return result
        const form = emissionForm(result)
        if (form === 'promise')
          return bounded(result as Promise<unknown>).then(
            (value) => (isAsyncIterable(value) ? eachWithin(value, bounded, settle) : passed(value, settle)),
            (error: unknown) => {
              settle()
              throw error
            },
          )
        if (form === 'async-iterable') return eachWithin(result as AsyncIterable<unknown>, bounded, settle)
        return passed(result, settle)
      }
      if (deaf === null) return call()
      const waiting = deaf
      return within(
        waiting,
        Math.max(ms, patienceMs),
        clock,
        () =>
          new TimeoutError(`node "${context.nodeId}" is still busy with an earlier input`, {
            afterMs: ms,
            nodeId: context.nodeId,
          }),
      ).then(call)
    }
  }
}

function passed<V>(value: V, settle: () => void): V {
  settle()
  return value
}

/** A context whose signal also aborts when `expire` is called. */
function abortable(context: NodeContext): { child: NodeContext; expire(reason: Error): void; settle(): void } {
  let abort: AbortController | null = null
  let outer: AbortSignal | null = null
  const onOuter = () => abort?.abort(outer?.reason)
  const child = Object.create(context, {
    signal: {
      get: () => {
        if (abort === null) {
          abort = new AbortController()
          outer = context.signal
          if (outer.aborted) abort.abort(outer.reason)
          else outer.addEventListener('abort', onOuter, { once: true })
        }
        return abort.signal
      },
    },
  }) as NodeContext
  return {
    child,
    expire: (reason) => {
      if (abort === null) void child.signal
      ;(abort as AbortController | null)?.abort(reason)
    },
    settle: () => outer?.removeEventListener('abort', onOuter),
  }
}

function within(promise: Promise<unknown>, ms: number, clock: Clock, expired: () => Error): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(expired()), ms)
    promise.then(
      (value) => {
        clock.clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clock.clearTimeout(timer)
        reject(error)
      },
    )
  })
}

async function* eachWithin(
  items: AsyncIterable<unknown>,
  bounded: (promise: Promise<unknown>) => Promise<unknown>,
  settle: () => void,
): AsyncIterable<unknown> {
  const iterator = items[Symbol.asyncIterator]()
  let pulling: Promise<IteratorResult<unknown>> | null = null
  let done = false
  try {
    while (!done) {
      pulling = Promise.resolve(iterator.next())
      const next = (await bounded(pulling)) as IteratorResult<unknown>
      pulling = null
      done = next.done === true
      if (!done) yield next.value
    }
  } finally {
    settle()
    if (pulling !== null) closeAfter(pulling, iterator)
    else if (!done) await iterator.return?.()
  }
}

/** An iterable whose next() timed out is told to end once that has settled; one whose next() threw has ended. */
function closeAfter(pulling: Promise<unknown>, iterator: AsyncIterator<unknown>): void {
  const ignored = () => undefined
  pulling.then(() => iterator.return?.()).then(ignored, ignored)
}
