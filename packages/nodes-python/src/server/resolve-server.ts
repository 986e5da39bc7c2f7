import { type Clock, NotAvailableError } from '@anabranch/plugin-sdk'
import { type Env, processEnv } from '../environment/env.ts'
import { findProgram } from '../environment/find-program.ts'
import { MAKE_ENVIRONMENT, ownProgram } from '../environment/own-environment.ts'
import { startEmbeddedServer } from './embedded-server.ts'
import type { NatsServer } from './nats-server.ts'

export interface ResolveServerOptions {
  /** `nats://user:password@host:port` of a running server. */
  readonly url?: string
  /** Default: the variables of this process. */
  readonly env?: Env
  readonly clock?: Clock
  /** The subjects, `anb.<run>.<name>`, of workers that will connect: an embedded server knows them from its start. */
  readonly workers?: readonly string[]
}

/**
 * The server to use, in this order: `url`, the variable NATS_URL, `nats-server` on PATH, the one in the Python
 * environment. The last two are started on loopback for us alone.
 *
 * @throws NotAvailableError where there is none, or where a server elsewhere would be used without TLS.
 */
export async function resolveServer(options: ResolveServerOptions = {}): Promise<NatsServer> {
  const { clock, workers, env = processEnv() } = options
  const found = findServer({ ...options, env })
  if (typeof found !== 'string') return found
  return startEmbeddedServer(found, { env, ...(clock && { clock }), ...(workers && { workers }) })
}

/**
 * The same without starting anything: the running server that is named, or the path of the program that would be started.
 *
 * @throws NotAvailableError as `resolveServer`.
 */
export function findServer({ url, env = processEnv() }: ResolveServerOptions): NatsServer | string {
  const named = url ?? (env.NATS_URL || undefined)
  if (named !== undefined) return runningServer(named)
  const program = findProgram('nats-server', env.PATH) ?? ownProgram('nats-server')
  if (program !== undefined) return program
  throw new NotAvailableError('there is no NATS server: no URL, none on PATH, none in the Python environment', {
    fix: `set NATS_URL, install nats-server, or ${MAKE_ENVIRONMENT}`,
  })
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function runningServer(given: string): NatsServer {
  const url = parse(given)
  const shown = `${url.protocol}//${url.host}`
  if (!LOOPBACK.has(url.hostname) && url.protocol !== 'tls:')
    throw new NotAvailableError(`the NATS server ${shown} is on another machine, and would be used without TLS`, {
      fix: 'give a URL that begins with tls://',
    })
  const login = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  return {
    url: shown,
    embedded: false,
    ...(login.user === '' ? {} : { host: login }),
    workerLogin: async () => (login.user === '' ? undefined : login),
    counts: async () => {
      throw new NotAvailableError(`the NATS server ${shown} is not ours, so that its counts cannot be read`)
    },
    close: async () => undefined,
  }
}

function parse(given: string): URL {
  try {
    const url = new URL(given.includes('://') ? given : `nats://${given}`)
    if (url.hostname !== '' && ['nats:', 'tls:'].includes(url.protocol)) return url
  } catch {
    // said below, without the password that it may contain
  }
  throw new NotAvailableError('the URL of the NATS server is not valid', { fix: 'write nats://host:4222' })
}
