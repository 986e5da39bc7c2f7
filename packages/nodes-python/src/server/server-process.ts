import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, NotAvailableError } from '@anabranch/plugin-sdk'
import type { Env } from '../environment/env.ts'
import { TextTail } from '../supervisor/text-tail.ts'
import { type ServerUsers, serverConfig } from './server-config.ts'

/** One process of an embedded server, from its start to its end. */
export interface ServerProcess {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Resolves when it ended. */
  readonly ended: Promise<unknown>
  /** Takes these users from now on; those that were known stay connected. @throws NotAvailableError */
  reload(users: ServerUsers): Promise<void>
  stop(): Promise<void>
}

const READY_MS = 5000
const STOP_MS = 2000
const RELOAD_MS = 2000

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

/** Starts a server on loopback; it ends with this process, whatever ends it. @throws NotAvailableError */
export async function startServerProcess(
  program: string,
  users: ServerUsers,
  port: number,
  { env, clock }: { readonly env: Env; readonly clock: Clock },
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'anabranch-nats-')) // 0700
  const config = join(folder, 'server.conf')
  const write = (known: ServerUsers) => writeFileSync(config, serverConfig(folder, known, port), { mode: 0o600 })
  write(users)
  const child = spawn('/bin/sh', ['-c', KEEPER, 'anabranch-nats', folder, program, '--config', config], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true, // Ctrl-C in a terminal reaches the group of the parent, not this one
    env: { ...env, ...(availableParallelism() <= 4 ? { GOMAXPROCS: '1' } : {}) },
  })
  child.stdin?.on('error', () => undefined)
  const onLine = new Set<(line: string) => void>()
  const tail = new TextTail(child.stderr, 20, (line) => {
    for (const listener of onLine) listener(line)
  })
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`))
  })
  const stop = () => stopped(child, folder, clock)
  try {
    const { url, pid } = await ready(folder, gone, clock)
    return {
      url,
      port: Number(new URL(url).port),
      pid,
      ended: gone,
      stop,
      async reload(known) {
        const told = answerOf(onLine, gone, clock)
        write(known)
        process.kill(pid, 'SIGHUP')
        const problem = await told
        if (problem !== null) throw new NotAvailableError(`the NATS server does not take a new user: ${problem}`)
      },
    }
  } catch (cause) {
    await stop()
    throw new NotAvailableError(
      `the NATS server ${program} did not start: ${(cause as Error).message}\n${tail.text()}`,
      {
        cause,
        fix: 'give the URL of a running server, or reinstall the Python environment',
      },
    )
  }
}

/** What the server says about a configuration that it reads again: null where it took it. */
function answerOf(onLine: Set<(line: string) => void>, gone: Promise<string>, clock: Clock): Promise<string | null> {
  return new Promise((resolve) => {
    const settle = (problem: string | null) => {
      onLine.delete(listener)
      clock.clearTimeout(timer)
      resolve(problem)
    }
    const listener = (line: string) => {
      if (/Reloaded server configuration/.test(line)) settle(null)
      else if (/Failed to reload/.test(line)) settle(line)
    }
    const timer = clock.setTimeout(() => settle(`no answer in ${RELOAD_MS} ms`), RELOAD_MS)
    onLine.add(listener)
    gone.then(settle)
  })
}

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

async function stopped(child: ChildProcess, folder: string, clock: Clock): Promise<void> {
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
