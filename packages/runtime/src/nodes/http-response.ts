import type { ClientRequest, IncomingMessage } from 'node:http'
import { type Clock, NodeExecutionError, TimeoutError } from '@anabranch/plugin-sdk'

export interface HttpRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly allowPrivate: boolean
  readonly maxRedirects: number
  /** Until the headers of the answer are there, ms. */
  readonly timeoutMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

const REDIRECTS = [301, 302, 303, 307, 308]

/**
 * The answer to a GET with status 200, or nothing for 204. Redirects are followed; each is checked like the first
 * address, and at another origin only `accept` is said.
 *
 * @throws NodeExecutionError, to be retried where the network, the time or the server's state is at fault
 */
export async function openResponse(request: HttpRequest): Promise<IncomingMessage | null> {
  let { url, headers } = request
  for (let redirects = 0; ; redirects++) {
    const response = await answer({ ...request, url, headers })
    const { statusCode = 0 } = response
    if (statusCode === 200) {
      const encoding = response.headers['content-encoding'] ?? 'identity'
      if (encoding === 'identity') return response
      response.destroy()
      throw refused(url, `the content encoding ${encoding} was not asked for`)
    }
    response.destroy()
    if (statusCode === 204) return null
    if (!REDIRECTS.includes(statusCode) || response.headers.location === undefined)
      throw new NodeExecutionError(`${url.origin} answered with status ${statusCode}`, {
        retryable: statusCode >= 500 || statusCode === 408 || statusCode === 429,
      })
    if (redirects === request.maxRedirects) throw refused(url, `more than ${redirects} redirects`)
    if (!URL.canParse(response.headers.location, url.href)) throw refused(url, 'it redirects to no URL')
    const next = new URL(response.headers.location, url)
    if (next.protocol !== 'http:' && next.protocol !== 'https:') throw refused(url, `it redirects to ${next.protocol}`)
    if (url.protocol === 'https:' && next.protocol === 'http:') throw refused(url, 'it redirects from https to http')
    if (next.origin !== url.origin) headers = {}
    url = next
  }
}

async function answer(asked: HttpRequest): Promise<IncomingMessage> {
  const { url, clock, signal } = asked
  const [{ request }, guard] = await Promise.all([
    url.protocol === 'https:' ? import('node:https') : import('node:http'),
    import('./address-guard.ts'),
  ])
  if (!asked.allowPrivate) guard.checkHost(url)
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const sent: ClientRequest = request(url, {
      agent: false,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'anabranch', ...asked.headers },
      maxHeaderSize: 65_536,
      ...(!asked.allowPrivate && { lookup: guard.publicLookup }),
    })
    const timer = clock.setTimeout(() => {
      const { timeoutMs } = asked
      sent.destroy(new TimeoutError(`${url.origin} did not answer in ${timeoutMs} ms`, { afterMs: timeoutMs }))
    }, asked.timeoutMs)
    const stop = () => void sent.destroy()
    signal.addEventListener('abort', stop, { once: true })
    sent.once('response', (response) => {
      clock.clearTimeout(timer)
      response.once('close', () => signal.removeEventListener('abort', stop))
      resolve(response)
    })
    sent.on('error', (cause) => {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      reject(
        'code' in cause && String(cause.code).startsWith('ANB_')
          ? cause
          : new NodeExecutionError(`${url.origin} cannot be reached: ${cause.message}`, { cause }),
      )
    })
    sent.end()
  })
}

function refused(url: URL, why: string): Error {
  return new NodeExecutionError(`${url.origin}: ${why}`, { retryable: false })
}
