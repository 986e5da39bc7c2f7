import { NotAvailableError } from '@anabranch/plugin-sdk'
import { z } from 'zod'
import { processEnv } from '../environment/env.ts'
import type { NatsServer } from '../server/nats-server.ts'
import { resolveServer } from '../server/resolve-server.ts'

/** What both nodes are told. */
export const natsParams = {
  url: z
    .string()
    .max(2048)
    .optional()
    .describe('`nats://user:password@host:port`; `tls://` beyond this machine. Default: the variable NATS_URL.'),
  format: z
    .enum(['msgpack', 'json', 'text', 'bytes'])
    .default('msgpack')
    .describe('What a message is: a value as `msgpack` or `json`, a string as `text`, or `bytes`.'),
} as const

export type NatsFormat = z.output<typeof natsParams.format>

/** The parts of a subject, without spaces; in what is heard `*` stands for one part and a last `>` for all that follow. */
export const subjectParam = (wildcards: boolean) =>
  z
    .string()
    .max(256)
    .regex(
      wildcards ? /^(?:\*|[^\s.*>]+)(?:\.(?:\*|[^\s.*>]+))*(?:\.>)?$|^>$/u : /^[^\s.*>]+(?:\.[^\s.*>]+)*$/u,
      wildcards ? 'a subject such as orders.*.new or orders.>' : 'a subject without wildcards, such as orders.new',
    )

/** The server that the params name. @throws NotAvailableError where they name none, or one elsewhere without TLS */
export function namedServer(url: string | undefined): Promise<NatsServer> {
  const named = url ?? (processEnv().NATS_URL || undefined)
  if (named !== undefined) return resolveServer({ url: named })
  throw new NotAvailableError('no NATS server is named', { fix: 'give the param url, or set NATS_URL' })
}
