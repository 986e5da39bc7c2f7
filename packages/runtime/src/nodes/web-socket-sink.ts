import { anything, type Clock, defineNode, InvalidInputsError, isAnabranchError } from '@anabranch/plugin-sdk'
import { describe } from '@anabranch/plugin-sdk/host'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import { sleep } from '../sleep.ts'
import { jsonLine } from './json-line.ts'
import { backoffMs } from './network-params.ts'
import { closeWebSocket, openWebSocket } from './web-socket.ts'
import { webSocketParams } from './web-socket-params.ts'

/** How long a server may take to answer a close, ms. */
const CLOSE_MS = 2000

/**
 * Sends every value to a WebSocket server, one after the other; a slow server slows the graph. The connection is made
 * with the first value and, when it is lost, anew after a wait that doubles (counted as `reconnects`); the value that
 * could not be sent is sent again.
 *
 * A value is delivered when the socket has taken it: a WebSocket has no acknowledgement, so what was under way when a
 * connection is lost may be lost with it.
 *
 * Errors: ANB_NODE_EXECUTION for what cannot be reached; ANB_MARSHALING for a value that JSON cannot carry; ANB_INPUTS for
 * one that is no text or no bytes.
 *
 * @example
 * ```ts
 * definePipeline({
 *   inputs: { rows: anything },
 *   nodes: { out: { type: webSocketSink, params: { url: 'wss://example.org/rows' }, in: { input: 'rows' } } },
 * })
 * ```
 */
export const webSocketSink = defineNode({
  type: 'WebSocketSink',
  summary: 'Sends values to a WebSocket server.',
  params: z.object({
    ...webSocketParams,
    format: z
      .enum(['json', 'text', 'bytes'])
      .default('json')
      .describe('What a message is made of: any plain data as `json`, a string as `text`, bytes as `bytes`.'),
  }),
  purity: 'effectful',
  inputs: { input: anything },
  create: (params) => {
    let socket: WebSocket | null = null
    let clock: Clock | null = null
    const letGo = () => {
      socket?.terminate()
      socket = null
    }
    return {
      async execute({ input }, context) {
        const { signal, log } = context
        clock = context.clock
        const message = messageOf(input, params.format)
        for (let failures = 0; ; ) {
          try {
            if (socket?.readyState !== 1) {
              letGo()
              socket = await openWebSocket(params, clock, signal)
              drain(socket)
            }
            return await send(socket, message)
          } catch (error) {
            signal.throwIfAborted()
            if ((isAnabranchError(error) && !error.retryable) || failures >= params.max_retries) throw error
            log.debug({ err: error }, 'connecting again')
          }
          letGo()
          failures++
          context.count('reconnects')
          await sleep(clock, backoffMs(failures, params), signal)
          signal.throwIfAborted()
        }
      },
      async flush() {
        if (socket !== null && clock !== null) await closeWebSocket(socket, clock, CLOSE_MS)
        socket = null
      },
      reset: letGo,
      cleanup: letGo,
    }
  },
})

/** What a server says is not asked for; an error shows in the next send. */
function drain(socket: WebSocket): void {
  socket.on('message', () => undefined)
}

function send(socket: WebSocket, message: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new Error('the connection was closed'))
    socket.once('close', lost)
    socket.send(message, (error) => {
      socket.off('close', lost)
      if (error) reject(error)
      else resolve()
    })
  })
}

function messageOf(value: unknown, format: 'json' | 'text' | 'bytes'): string | Uint8Array {
  if (format === 'json') return jsonLine(value).slice(0, -1)
  if (format === 'text' ? typeof value === 'string' : value instanceof Uint8Array) return value as string | Uint8Array
  throw new InvalidInputsError(`the value is ${describe(value)}, no ${format}`, {
    key: 'input',
    fix: format === 'text' ? 'say format: json' : 'say format: text or json',
  })
}
