import { randomBytes } from 'node:crypto'
import { type Clock, NotAvailableError } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import type { Env } from '../environment/env.ts'
import type { NatsServer } from './nats-server.ts'
import type { Credentials } from './server-config.ts'
import { readServerCounts } from './server-counts.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

export interface EmbeddedServerOptions {
  readonly env: Env
  readonly clock?: Clock
  /** The subjects of workers that are known already: their users are there from the start. */
  readonly workers?: readonly string[]
}

/** Between two attempts to start a server again whose process ended. */
const AGAIN_MS = 200

/**
 * Starts a server of our own on loopback; it ends with this process, whatever ends it. Where its process ends before, it
 * is started again on the same port with the same users, so that its clients find it again.
 */
export async function startEmbeddedServer(program: string, options: EmbeddedServerOptions): Promise<NatsServer> {
  const { env, clock = systemClock } = options
  const workers = new Map<string, Credentials>()
  const users = { host: credentials('host'), system: credentials('system'), workers }
  for (const subject of options.workers ?? []) workers.set(subject, credentials(subject))
  const first = await startServerProcess(program, users, -1, { env, clock })
  const { url, port } = first
  let running: ServerProcess | null = first
  /** Users are written one after the other. */
  let writing: Promise<unknown> = Promise.resolve()
  let closed = false
  let wake = () => {}

  const keep = async () => {
    while (!closed) {
      await running?.ended
      if (closed) return
      running = null
      try {
        const again = await startServerProcess(program, users, port, { env, clock })
        if (closed) await again.stop()
        else running = again
      } catch {
        // The port may be in use for a moment: clients wait, and so does this.
        await new Promise<void>((resolve) => {
          const timer = clock.setTimeout(resolve, AGAIN_MS)
          wake = () => {
            clock.clearTimeout(timer)
            resolve()
          }
        })
      }
    }
  }
  const kept = keep()

  const addWorker = async (subject: string) => {
    const known = workers.get(subject)
    if (known !== undefined) return known
    const made = credentials(subject)
    workers.set(subject, made)
    try {
      // One that is just being started again reads the new users by itself, or is asked for them by the next try.
      await running?.reload(users)
    } catch (error) {
      workers.delete(subject)
      throw error
    }
    return made
  }

  return {
    url,
    embedded: true,
    get pid() {
      return running?.pid ?? 0
    },
    host: users.host,
    workerLogin(subject) {
      const login = writing.then(() => addWorker(subject))
      writing = login.catch(() => undefined)
      return login
    },
    counts: () => {
      if (running !== null) return readServerCounts(url, users.system)
      throw new NotAvailableError('the NATS server is being started again', { retryable: true })
    },
    async close() {
      closed = true
      wake()
      await running?.stop()
      await kept
      await running?.stop()
    },
  }
}

const credentials = (user: string): Credentials => ({ user, password: randomBytes(24).toString('base64url') })
