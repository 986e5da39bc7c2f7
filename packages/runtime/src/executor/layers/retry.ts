import { CancelledError, type Clock, isAnabranchError, type NodeContext, type Values } from '@anabranch/plugin-sdk'
import { emissionForm, nodeError } from '@anabranch/plugin-sdk/host'
import type { Execute, Layer } from './layer.ts'

export interface RetryPolicy {
  /** Retries after the first call. */
  readonly maxRetries: number
  readonly baseMs: number
  readonly capMs: number
  readonly jitter: boolean
  readonly clock: Clock
  readonly random: () => number
  /** Told before each wait. */
  onRetry(retry: number, error: unknown): void
  /** Told how many calls it took to give up. */
  onGivenUp(error: unknown, attempts: number): void
}

/**
 * Calls again after base · 2^(k−1) ms, if the error is retryable and nothing was emitted yet. The error that ends it is
 * the last one, with its own class. An interrupt ends the wait.
 */
export function retry(policy: RetryPolicy): Layer {
  return (execute) => (inputs, context) => attempt(policy, execute, inputs, context, 0)
}

function attempt(
  policy: RetryPolicy,
  execute: Execute,
  inputs: Values,
  context: NodeContext,
  retries: number,
): unknown {
  const over = (error: unknown): boolean => {
    if (context.signal.aborted) return true // Interrupted or timed out: nobody waits for it.
    if (retries < policy.maxRetries && isRetryable(error)) return false
    policy.onGivenUp(error, retries + 1)
    return true
  }
  const again = async (error: unknown): Promise<unknown> => {
    policy.onRetry(retries + 1, error)
    await wait(waitMs(policy, retries + 1), policy.clock, context.signal)
    return attempt(policy, execute, inputs, context, retries + 1)
  }
  // Its calls are counted by the error, so it must be an object.
  const named = (thrown: unknown): unknown =>
    typeof thrown === 'object' && thrown !== null ? thrown : nodeError(thrown, context.nodeId)
  let result: unknown
  try {
    result = execute(inputs, context)
  } catch (thrown) {
    const error = named(thrown)
    if (over(error)) throw error
    return again(error)
  }
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return result
  switch (emissionForm(result)) {
    case 'record':
      return result
    case 'promise':
      return (result as Promise<unknown>).catch((thrown: unknown) => {
        const error = named(thrown)
        if (over(error)) throw error
        return again(error)
      })
    default:
      return untilEmitted(result as AsyncIterable<unknown>, over, again)
  }
}

/** An iterable may be tried again only while it has given nothing. */
async function* untilEmitted(
  items: AsyncIterable<unknown>,
  over: (error: unknown) => boolean,
  again: (error: unknown) => Promise<unknown>,
): AsyncIterable<unknown> {
  let emitted = false
  try {
    for await (const item of items) {
      emitted = true
      yield item
    }
    return
  } catch (error) {
    if (emitted || over(error)) throw error
    yield* allOf(await again(error))
  }
}

async function* allOf(result: unknown): AsyncIterable<unknown> {
  if (typeof result !== 'object' || result === null) return
  if (emissionForm(result) === 'record') yield result
  else yield* result as AsyncIterable<unknown>
}

/** Coded errors say it themselves; anything else counts as an execution error, which is. */
function isRetryable(error: unknown): boolean {
  return isAnabranchError(error) ? error.retryable : true
}

function waitMs({ baseMs, capMs, jitter, random }: RetryPolicy, retry: number): number {
  const full = Math.min(capMs, baseMs * 2 ** (retry - 1))
  return jitter ? full / 2 + (random() * full) / 2 : full
}

function wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new CancelledError('interrupted while it waited for a retry'))
    const stop = () => {
      clock.clearTimeout(timer)
      reject(new CancelledError('interrupted while it waited for a retry'))
    }
    const timer = clock.setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}
