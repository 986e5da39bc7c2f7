import {
  anything,
  defineNode,
  InvalidInputsError,
  isAnabranchError,
  LimitExceededError,
  type NodeContext,
  NodeExecutionError,
  type Value,
} from '@anabranch/plugin-sdk'
import { outputsOf } from '@anabranch/plugin-sdk/host'
import type { RawData, WebSocket } from 'ws'
import { z } from 'zod'
import { plainBytes } from '../default-chunks.ts'
import { sleep } from '../sleep.ts'
import { backoffMs } from './network-params.ts'
import { openWebSocket } from './web-socket.ts'
import { webSocketParams } from './web-socket-params.ts'

const params = z.object({
  ...webSocketParams,
  format: z
    .enum(['json', 'text', 'bytes'])
    .default('json')
    .describe('What a message is: `json` is parsed, `text` is a string, `bytes` is given as it is.'),
  buffer: z.number().int().min(1).max(65_536).default(256).describe('Messages that may wait for room downstream.'),
  overflow: z
    .enum(['pause', 'drop-oldest'])
    .default('pause')
    .describe('When they are more: `pause` stops reading from the socket, `drop-oldest` leaves the oldest out.'),
})
type Params = z.output<typeof params>

/**
 * Gives the messages of a WebSocket server. A lost connection is made anew after a wait that doubles, counted as
 * `reconnects`; what the server sent meanwhile is not there. It ends when the server closes with code 1000.
 *
 * At most `buffer` messages, and what one read of the socket holds, wait for room. Under `overflow: drop-oldest` those
 * that are left out are counted as `messages_dropped`.
 *
 * Errors: ANB_NODE_EXECUTION for what cannot be reached; ANB_LIMIT for a message that is too long; ANB_INPUTS for one
 * that is no JSON, which is one failed item under `on_error: skip`.
 *
 * @example
 * ```ts
 * definePipeline({ nodes: { prices: { type: webSocketSource, params: { url: 'wss://example.org/prices' } } } })
 * ```
 */
export const webSocketSource = defineNode({
  type: 'WebSocketSource',
  summary: 'Gives the messages of a WebSocket server.',
  params,
  outputs: { output: anything },
  create: (params) => ({
    source(context: NodeContext): AsyncIterable<{ readonly output: Value }> {
      return outputsOf(connections(params, context), (message) => valueOfMessage(message, params.format))
    },
  }),
})

/** What one connection after the other gives. */
async function* connections(params: Params, context: NodeContext): AsyncGenerator<Buffer> {
  const { clock, signal, log } = context
  for (let failures = 0; !signal.aborted; ) {
    const inbox = new Inbox(params, context)
    try {
      const socket = await openWebSocket(params, clock, signal, (made) => inbox.listen(made))
      try {
        for (let message = await inbox.next(); message !== null; message = await inbox.next()) {
          failures = 0
          yield message
        }
      } finally {
        socket.terminate()
      }
      if (inbox.code === 1000) return
      if (failures >= params.max_retries) throw new NodeExecutionError(`the server closed with code ${inbox.code}`)
    } catch (error) {
      if (signal.aborted) return
      if (!(isAnabranchError(error) && error.retryable) || failures >= params.max_retries) throw error
      log.debug({ err: error }, 'connecting again')
    } finally {
      inbox.close()
    }
    failures++
    context.count('reconnects')
    await sleep(clock, backoffMs(failures, params), signal)
  }
}

/** The messages of one connection that nobody has taken yet. */
class Inbox {
  /** With which code the server closed; 0 while it has not. */
  code = 0
  readonly #params: Params
  readonly #context: NodeContext
  readonly #signal: AbortSignal
  #waiting: Buffer[] = []
  #socket: WebSocket | null = null
  #over = false
  #error: Error | null = null
  #wake = () => {}

  constructor(params: Params, context: NodeContext) {
    this.#params = params
    this.#context = context
    this.#signal = context.signal
  }

  listen(socket: WebSocket): void {
    this.#socket = socket
    socket.on('message', (data) => this.#take(data))
    socket.on('error', (error: Error & { code?: string }) => {
      this.#error =
        error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
          ? new LimitExceededError(`a message is longer than ${this.#params.max_message_bytes} bytes`, {
              cause: error,
              limit: 'max_message_bytes',
              fix: 'raise max_message_bytes',
            })
          : new NodeExecutionError(`the connection was lost: ${error.message}`, { cause: error })
    })
    socket.on('close', (code) => {
      this.code = code
      this.#end()
    })
    this.#signal.addEventListener('abort', this.#end, { once: true })
  }

  /** The next message; nothing when the connection is over, or the session has stopped. */
  async next(): Promise<Buffer | null> {
    for (;;) {
      if (this.#signal.aborted) return null
      const first = this.#waiting.shift()
      if (first !== undefined) {
        if (this.#socket?.isPaused && this.#waiting.length < this.#params.buffer / 2) this.#socket.resume()
        return first
      }
      if (this.#over) {
        if (this.#error !== null) throw this.#error
        return null
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#end)
    this.#waiting = []
  }

  #take(data: RawData): void {
    const message = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
    const { buffer, overflow } = this.#params
    this.#waiting.push(message)
    if (this.#waiting.length >= buffer && overflow === 'pause') this.#socket?.pause()
    else if (this.#waiting.length > buffer && overflow === 'drop-oldest') {
      this.#waiting.shift()
      this.#context.count('messages_dropped')
    }
    this.#wake()
  }

  readonly #end = (): void => {
    this.#over = true
    this.#wake()
  }
}

function valueOfMessage(message: Buffer, format: Params['format']): Value {
  if (format === 'bytes') return plainBytes(message)
  if (format === 'text') return message.toString('utf8')
  try {
    return JSON.parse(message.toString('utf8')) as Value
  } catch (cause) {
    throw new InvalidInputsError(`a message is no JSON: ${(cause as Error).message}`, {
      cause,
      key: 'output',
      fix: 'say format: text or bytes, or on_error: skip',
    })
  }
}
