import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, NotAvailableError } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import type { Env } from '../environment/env.ts'
import { TextTail } from '../supervisor/text-tail.ts'
import type { NatsServer } from './nats-server.ts'
import { type Credentials, type ServerUsers, serverConfig } from './server-config.ts'
import { readServerCounts } from './server-counts.ts'

const READY_MS = 5000
const STOP_MS = 2000

/**
 * Runs the server as its child, and waits for the end of stdin: whoever started us closed it or died. Then the server
 * is told to stop, is killed if it does not, and its folder is removed, also where nobody is left to do so.
 */
const KEEPER = `
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ while read -r _ <&3; do :; done; kill -TERM $server; sleep 0.5; kill -KILL $server; } 2>/dev/null &
watcher=$!
exec 3<&-
wait $server
status=$?
kill $watcher 2>/dev/null
rm -rf "$folder"
exit $status
`

/** Starts a server of our own on loopback; it ends with this process, whatever ends it. */
export async function startEmbeddedServer(
  program: string,
  options: { readonly env: Env; readonly clock?: Clock },
): Promise<NatsServer> {
  const clock = options.clock ?? systemClock
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-nats-')) // 0700
  const users: ServerUsers = { host: credentials('host'), worker: credentials('worker'), system: credentials('system') }
  const config = join(folder, 'server.conf')
  writeFileSync(config, serverConfig(folder, users), { mode: 0o600 })
  const child = spawn('/bin/sh', ['-c', KEEPER, 'anabranch-nats', folder, program, '--config', config], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true, // Ctrl-C in a terminal reaches the group of the parent, not this one
    env: { ...options.env, ...(availableParallelism() <= 4 ? { GOMAXPROCS: '1' } : {}) },
  })
  child.stdin?.on('error', () => undefined)
  const tail = new TextTail(child.stderr, 20)
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`))
  })
  const close = () => stop(child, folder, clock)
  try {
    const { url, pid } = await ready(folder, gone, clock)
    return {
      url,
      embedded: true,
      pid,
      host: users.host,
      worker: users.worker,
      counts: () => readServerCounts(url, users.system),
      close,
    }
  } catch (cause) {
    await close()
    throw new NotAvailableError(
      `the NATS server ${program} did not start: ${(cause as Error).message}\n${tail.text()}`,
      {
        cause,
        fix: 'give the URL of a running server, or reinstall the Python environment',
      },
    )
  }
}

const credentials = (user: string): Credentials => ({ user, password: randomBytes(24).toString('base64url') })

/** Resolves when the server has written the file that names its port. */
function ready(folder: string, gone: Promise<string>, clock: Clock): Promise<{ url: string; pid: number }> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder, () => look())
    const timer = clock.setTimeout(() => settle(() => reject(new Error(`not ready in ${READY_MS} ms`))), READY_MS)
    const settle = (then: () => void) => {
      clock.clearTimeout(timer)
      watcher.close()
      then()
    }
    const look = () => {
      const found = readPorts(folder)
      if (found !== undefined) settle(() => resolve(found))
    }
    gone.then((how) => settle(() => reject(new Error(how))))
    look()
  })
}

function readPorts(folder: string): { url: string; pid: number } | undefined {
  if (!existsSync(folder)) return undefined
  const file = readdirSync(folder).find((name) => name.endsWith('.ports'))
  if (file === undefined) return undefined
  try {
    const { nats } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { nats?: string[] }
    const pid = Number(/_(\d+)\.ports$/.exec(file)?.[1])
    return nats?.[0] === undefined ? undefined : { url: nats[0], pid }
  } catch {
    return undefined // seen while it was being written
  }
}

async function stop(child: ChildProcess, folder: string, clock: Clock): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    const exit = once(child, 'exit')
    const pid = child.pid
    const timer = clock.setTimeout(() => process.kill(-pid, 'SIGKILL'), STOP_MS)
    child.stdin?.end()
    await exit
    clock.clearTimeout(timer)
  }
  child.stdin?.destroy()
  child.stderr?.destroy()
  rmSync(folder, { recursive: true, force: true })
}
