import { z } from 'zod'
import { LONGEST_MS } from '../sleep.ts'
import { headersParam, privateParam, reconnectParams, urlParam } from './network-params.ts'

/** What both ends of a WebSocket are told. */
export const webSocketParams = {
  url: urlParam('ws', 'wss').describe('Where to connect.'),
  protocols: z
    .array(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'no name of a protocol'))
    .max(16)
    .default([])
    .describe('Subprotocols that are offered.'),
  headers: headersParam,
  allow_private: privateParam,
  max_message_bytes: z
    .number()
    .int()
    .min(1)
    .max(2 ** 30)
    .default(2 ** 20)
    .describe('The longest message that is taken, bytes.'),
  timeout_ms: z.number().min(1).max(LONGEST_MS).default(30_000).describe('Until a connection is open, ms.'),
  ...reconnectParams,
} as const

const all = z.object(webSocketParams)
export type WebSocketParams = z.output<typeof all>
