import { NotAvailableError } from '@anabranch/plugin-sdk'
import type { Credentials } from './server-config.ts'

/** What the server itself counted since it started, seen from the server: `in` is what clients sent to it. */
export interface ServerCounts {
  readonly inMessages: number
  readonly outMessages: number
  readonly inBytes: number
  readonly outBytes: number
  readonly connections: readonly ConnectionCounts[]
}

export interface ConnectionCounts {
  readonly name: string
  readonly inMessages: number
  readonly outMessages: number
  readonly inBytes: number
  readonly outBytes: number
}

interface RawCounts {
  readonly name?: string
  readonly in_msgs: number
  readonly out_msgs: number
  readonly in_bytes: number
  readonly out_bytes: number
}

const TIMEOUT_MS = 2000

/**
 * Asks a server for its counts over its system account. The totals hold everything, system messages too; `connections`
 * holds the clients that are connected now, without the one that asks.
 */
export async function readServerCounts(url: string, system: Credentials): Promise<ServerCounts> {
  const options = { servers: url, user: system.user, pass: system.password, name: 'anabranch counts', reconnect: false }
  const { connect } = await import('@nats-io/transport-node')
  const connection = await connect(options)
  const ask = async (what: string, body: object) => {
    const answer = await connection.request(`$SYS.REQ.SERVER.PING.${what}`, JSON.stringify(body), {
      timeout: TIMEOUT_MS,
    })
    return answer.json<{ data: unknown }>().data
  }
  try {
    const totals = (await ask('VARZ', {})) as RawCounts
    const { connections } = (await ask('CONNZ', { acc: 'ANABRANCH', auth: true })) as { connections: RawCounts[] }
    return { ...rename(totals), connections: connections.map((raw) => ({ name: raw.name ?? '', ...rename(raw) })) }
  } catch (cause) {
    throw new NotAvailableError('the NATS server does not tell its counts', { cause, retryable: true })
  } finally {
    await connection.close()
  }
}

const rename = (raw: RawCounts) => ({
  inMessages: raw.in_msgs,
  outMessages: raw.out_msgs,
  inBytes: raw.in_bytes,
  outBytes: raw.out_bytes,
})
