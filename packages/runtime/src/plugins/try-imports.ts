import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { systemClock as clock } from '@anabranch/plugin-sdk/host'
import type { TrialNews, TrialOrder, TrialWait } from './import-trial.ts'
import { keptWaiting } from './kept-waiting.ts'
import { rememberTried, wasTried } from './tried-files.ts'

/** Why a file must not be imported here; `null` where it may. */
export type TrialVerdict = { readonly what: string; readonly fix: string } | null

/** Starting a process on a busy machine is no fault of the first file. */
const START_MS = 10_000

/** However busy the machine is, an import has no more than so many times its limit. */
const MOST = 10

/**
 * Imports files in a process of their own first. That alone tells that an import ends the process, never comes back or
 * crashes, without doing it to the host: neither a running loop nor `process.exit` can be undone from inside. What an
 * import throws is not judged here: the host meets it itself. A file that behaves in another way the second time is
 * beyond this, and so is what it does later, from a timer. What was tried before, and is as it was with all that it imports,
 * is not tried again. Time that a busy machine keeps it waiting is not counted.
 */
export async function tryImports(
  files: readonly string[],
  importMs: number,
  standby: StandbyTrial | null = null,
): Promise<TrialVerdict[]> {
  const untried = files.filter((file) => !wasTried(file))
  const verdicts: TrialVerdict[] = []
  while (verdicts.length < untried.length)
    verdicts.push(...(await trial(untried.slice(verdicts.length), importMs, standby?.take() ?? null)))
  return files.map((file) => verdicts[untried.indexOf(file)] ?? null)
}

/** A process for the next trial that is there before it is wanted: starting one takes longer than most imports. */
export class StandbyTrial {
  #child: ChildProcess | null = null

  /** Starts one, unless it is there; it imports these files, so that what they need is there too. */
  prepare(files: readonly string[]): void {
    if (this.#child !== null) return
    const child = start({ warm: files, parent: process.pid })
    child?.once('exit', () => {
      if (this.#child === child) this.#child = null
    })
    this.#child = child
  }

  /** Null where there is none. */
  take(): ChildProcess | null {
    const child = this.#child
    this.#child = null
    return child
  }

  close(): void {
    this.take()?.kill('SIGKILL')
  }
}

/** Verdicts up to the first bad one. */
function trial(files: readonly string[], importMs: number, standby: ChildProcess | null): Promise<TrialVerdict[]> {
  const order: TrialOrder = { files, endMs: START_MS + MOST * importMs * files.length }
  return new Promise((resolve) => {
    const child = standby ?? start(order)
    if (child === null) return resolve(files.map(() => null)) // No process may be started here: then there is no trial.
    let at = -1
    let timer = clock.setTimeout(() => done(null), START_MS)
    const done = (verdict: TrialVerdict) => {
      clock.clearTimeout(timer)
      child.removeAllListeners()
      child.on('error', () => undefined)
      const told = () => {
        if (at >= 0) resolve([...files.slice(0, at).map(() => null), verdict])
        // One that waited may be busy with what was there before, or gone.
        else resolve(standby === null ? files.map(() => null) : trial(files, importMs, null))
      }
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return told()
      child.once('exit', told)
      child.kill('SIGKILL')
    }
    /** Its own time is up when so much has passed since it began, less what it was kept waiting. */
    const patience = (begun: number, waited: number, ms: number) => {
      clock.clearTimeout(timer)
      timer = clock.setTimeout(() => {
        const passed = clock.now() - begun
        const own = passed - (keptWaiting(child.pid) - waited)
        const up = own >= importMs || passed >= MOST * importMs
        // What it has told meanwhile is heard before.
        if (up) timer = clock.setTimeout(() => done(tooLong(importMs)), 1)
        else patience(begun, waited, Math.max(20, importMs - own))
      }, ms)
    }
    child.on('message', (news: TrialNews) => {
      if ('through' in news) {
        const { read } = news
        if (read !== null) for (const file of files) rememberTried(file, read)
        return done(null)
      }
      at = news.importing
      patience(clock.now(), keptWaiting(child.pid), importMs)
    })
    // Its last news may come after its exit.
    const over = () => {
      const { exitCode, signalCode, connected } = child
      if (!connected && (exitCode !== null || signalCode !== null)) done(ended(exitCode, signalCode))
    }
    child.on('exit', over)
    child.on('disconnect', over)
    child.on('error', () => done(null))
    standby?.send(order)
    over()
  })
}

function start(order: TrialOrder | TrialWait): ChildProcess | null {
  const program = fileURLToPath(new URL('./import-trial.js', import.meta.url))
  try {
    return fork(program, [JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: process.execArgv.filter((arg) => !arg.startsWith('--inspect')),
    })
  } catch {
    return null
  }
}

function tooLong(importMs: number): TrialVerdict {
  return {
    what: `did not come back from its import within ${importMs} ms`,
    fix: 'move loops and waiting into prepare() of a node; if the import is only slow here, give a larger importMs',
  }
}

function ended(code: number | null, signal: string | null): TrialVerdict {
  if (signal !== null)
    return {
      what: `killed the process when it was imported (${signal})`,
      fix: 'import it alone with node to see where',
    }
  if (code === 13)
    return { what: 'waits forever at its top level (await)', fix: 'move the waiting into prepare() of a node' }
  return {
    what: `ended the process when it was imported (exit code ${code})`,
    fix: 'a plugin only defines nodes: throw instead of process.exit, or do it in prepare()',
  }
}
