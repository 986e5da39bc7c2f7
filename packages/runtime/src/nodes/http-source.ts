import type { IncomingMessage } from 'node:http'
import {
  anything,
  type Clock,
  defineNode,
  isAnabranchError,
  LimitExceededError,
  type NodeContext,
  NodeExecutionError,
  TimeoutError,
  type Value,
} from '@anabranch/plugin-sdk'
import { outputsOf } from '@anabranch/plugin-sdk/host'
import { z } from 'zod'
import { plainBytes } from '../default-chunks.ts'
import { LONGEST_MS, sleep } from '../sleep.ts'
import { openResponse } from './http-response.ts'
import { linesOf } from './lines.ts'
import { backoffMs, headersParam, privateParam, reconnectParams, urlParam } from './network-params.ts'
import { parsedLine } from './parsed-line.ts'
import { type ServerEventState, serverEvents } from './server-events.ts'

const params = z.object({
  url: urlParam('http', 'https').describe('What to get.'),
  format: z
    .enum(['lines', 'json', 'bytes', 'sse'])
    .default('lines')
    .describe('`lines` gives text, `json` a value a line, `bytes` chunks as they come, `sse` events of the server.'),
  headers: headersParam,
  allow_private: privateParam,
  max_redirects: z.number().int().min(0).max(20).default(5).describe('Redirects that are followed.'),
  max_item_chars: z
    .number()
    .int()
    .min(1)
    .max(2 ** 28)
    .default(2 ** 20)
    .describe('The longest line or event, characters.'),
  max_bytes: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('The longest body of one answer, bytes. Default: without end.'),
  timeout_ms: z.number().min(1).max(LONGEST_MS).default(30_000).describe('Until an answer begins, ms.'),
  idle_ms: z
    .number()
    .min(1)
    .max(LONGEST_MS)
    .optional()
    .describe('How long a connection may give nothing before it counts as lost, ms. Default: for ever.'),
  ...reconnectParams,
})
type Params = z.output<typeof params>

/**
 * Reads what a server sends, as it comes: lines, JSON lines, bytes, or server-sent events (`{ event, data, id? }`).
 *
 * A lost stream of events is connected anew after a wait that doubles (or that the server asked for), from the last id
 * on, until status 204; counted as `reconnects`. Other formats end with their body. Addresses of this machine and of its
 * own network are refused, also where a redirect or a name leads to them, unless `allow_private` says otherwise.
 *
 * Errors: ANB_NODE_EXECUTION for what cannot be reached, another status or a lost body; ANB_TIMEOUT; ANB_LIMIT for what
 * is too long; ANB_INPUTS for a line that is no JSON, which is one failed item under `on_error: skip`.
 *
 * @example
 * ```ts
 * definePipeline({
 *   nodes: { news: { type: httpSource, params: { url: 'https://example.org/events', format: 'sse', idle_ms: 60_000 } } },
 * })
 * ```
 */
export const httpSource = defineNode({
  type: 'HttpSource',
  summary: 'Reads lines, bytes or server-sent events over HTTP.',
  params,
  outputs: { output: anything },
  create: (params) => ({
    source(context: NodeContext): AsyncIterable<{ readonly output: Value }> {
      let line = 0
      return outputsOf(connections(params, context), (value) => {
        line++
        return params.format === 'json' ? parsedLine(value as string, params.url, line) : value
      })
    },
  }),
})

/** What one connection after the other gives. */
async function* connections(params: Params, context: NodeContext): AsyncGenerator<Value> {
  const { clock, signal, log } = context
  const sse = params.format === 'sse'
  const state: ServerEventState = { lastEventId: '', retryMs: null }
  for (let failures = 0; !signal.aborted; ) {
    try {
      const response = await openResponse({
        url: new URL(params.url),
        headers: {
          ...(sse && { accept: 'text/event-stream', 'cache-control': 'no-store' }),
          ...params.headers,
          ...(state.lastEventId !== '' && { 'last-event-id': state.lastEventId }),
        },
        allowPrivate: params.allow_private,
        maxRedirects: params.max_redirects,
        timeoutMs: params.timeout_ms,
        clock,
        signal,
      })
      if (response === null) return
      for await (const item of itemsOf(response, params, context, state)) {
        failures = 0
        yield item
      }
      if (!sse) return
      if (failures >= params.max_retries) throw new NodeExecutionError('the stream of events ends before it begins')
    } catch (error) {
      if (signal.aborted) return
      const coded = isAnabranchError(error)
        ? error
        : new NodeExecutionError(`the connection was lost: ${(error as Error).message}`, { cause: error })
      if (!sse || !coded.retryable || failures >= params.max_retries) throw coded
      log.debug({ err: coded }, 'connecting again')
    }
    failures++
    context.count('reconnects')
    const wait = backoffMs(failures, params)
    await sleep(clock, Math.min(params.cap_ms, Math.max(wait, state.retryMs ?? 0)), signal)
  }
}

async function* itemsOf(
  response: IncomingMessage,
  { format, max_item_chars, max_bytes, idle_ms, url }: Params,
  { clock }: NodeContext,
  state: ServerEventState,
): AsyncGenerator<Value> {
  const chunks = bounded(response, clock, max_bytes, idle_ms)
  try {
    if (format === 'sse') {
      const type = response.headers['content-type'] ?? 'none'
      if (!type.startsWith('text/event-stream'))
        throw new NodeExecutionError(`${url} gives the content type ${type}, no text/event-stream`, {
          retryable: false,
          fix: 'say format: lines, json or bytes',
        })
      yield* serverEvents(chunks, state, max_item_chars) as AsyncGenerator<never>
    } else if (format === 'bytes') for await (const chunk of chunks) yield plainBytes(chunk)
    else
      for await (const line of linesOf(chunks, url, max_item_chars))
        if (format === 'lines' || line.trim() !== '') yield line
  } finally {
    response.destroy()
  }
}

/** The chunks of a body that is neither too long nor silent for too long. Time without room downstream is no silence. */
async function* bounded(response: IncomingMessage, clock: Clock, most?: number, idleMs?: number) {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const silent = () =>
    void response.destroy(new TimeoutError(`nothing came for ${idleMs} ms`, { afterMs: idleMs as number }))
  for (let bytes = 0; ; ) {
    const timer = idleMs === undefined ? null : clock.setTimeout(silent, idleMs)
    const { done, value: chunk } = await chunks.next().finally(() => timer !== null && clock.clearTimeout(timer))
    if (done) return
    bytes += chunk.length
    if (most !== undefined && bytes > most)
      throw new LimitExceededError(`the answer is longer than ${most} bytes`, { limit: 'max_bytes' })
    yield chunk
  }
}
