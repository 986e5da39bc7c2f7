import { type Clock, NodeExecutionError, TimeoutError } from '@anabranch/plugin-sdk'
import type { WebSocket } from 'ws'
import type { WebSocketParams } from './web-socket-params.ts'

/**
 * An open WebSocket. `prepare` is called before anything can come, so that no message is missed.
 *
 * @throws NodeExecutionError, not to be retried where the answer was a refusal
 */
export async function openWebSocket(
  params: WebSocketParams,
  clock: Clock,
  signal: AbortSignal,
  prepare: (socket: WebSocket) => void = () => {},
): Promise<WebSocket> {
  const [{ WebSocket }, guard] = await Promise.all([import('ws'), import('./address-guard.ts')])
  const url = new URL(params.url)
  if (!params.allow_private) guard.checkHost(url)
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const socket = new WebSocket(url, [...params.protocols], {
      headers: params.headers,
      maxPayload: params.max_message_bytes,
      perMessageDeflate: false,
      followRedirects: false,
      agent: false as never,
      ...(!params.allow_private && { lookup: guard.publicLookup }),
    })
    prepare(socket)
    const over = (settle: () => void) => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      settle()
    }
    const stop = () => {
      socket.terminate()
      over(() => reject(signal.reason))
    }
    const timer = clock.setTimeout(() => {
      const { timeout_ms: afterMs } = params
      socket.terminate()
      over(() => reject(new TimeoutError(`${url.origin} did not answer in ${afterMs} ms`, { afterMs })))
    }, params.timeout_ms)
    signal.addEventListener('abort', stop, { once: true })
    socket.once('open', () => over(() => resolve(socket)))
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy()
      const retryable = statusCode >= 500 || statusCode === 408 || statusCode === 429
      over(() =>
        reject(new NodeExecutionError(`${url.origin} refused the WebSocket with status ${statusCode}`, { retryable })),
      )
    })
    socket.on('error', (cause: Error & { readonly code?: string }) => {
      const own = cause.code?.startsWith('ANB_')
      over(() =>
        reject(own ? cause : new NodeExecutionError(`${url.origin} cannot be reached: ${cause.message}`, { cause })),
      )
    })
  })
}

/** Closes a WebSocket politely and, after `ms` without an answer, at once. Resolves when it is closed. */
export function closeWebSocket(socket: WebSocket, clock: Clock, ms: number): Promise<void> {
  if (socket.readyState === socket.CLOSED) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => socket.terminate(), ms)
    socket.once('close', () => {
      clock.clearTimeout(timer)
      resolve()
    })
    socket.close(1000)
  })
}
