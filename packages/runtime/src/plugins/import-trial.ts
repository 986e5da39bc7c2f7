import { Worker } from 'node:worker_threads'
import { importModule } from './import-module.ts'
import { readFiles } from './read-files.ts'

/** What the program is told: as its argument, or in a message to one that waits. */
export interface TrialOrder {
  readonly files: readonly string[]
  /** It ends by itself after so long, whatever a file does, also where nobody is left to end it. */
  readonly endMs: number
}

/** The argument of one that waits: files that it imports meanwhile, so that what they need is there already. */
export interface TrialWait {
  readonly warm: readonly string[]
  /** The process that it waits for. */
  readonly parent: number
}

/** What it tells: the index of each file before it is imported, then that all are through. */
export type TrialNews =
  | { readonly importing: number }
  /** With the files that were read, where nothing was thrown and all of them are known. */
  | { readonly through: true; readonly read: readonly string[] | null }

// The program of `tryImports`: imports each file in turn, in a process that may end, hang or crash.
const given = JSON.parse(process.argv[2] as string) as TrialOrder | TrialWait
const tell = (news: TrialNews) => new Promise((resolve) => process.send?.(news, resolve))

const order = 'warm' in given ? await waited(given) : given

onWatch(`setTimeout(end, ${order.endMs})`)

// Nothing is left to run, and a file still waits at its top level. Node says so with this code too, but not always.
process.once('beforeExit', () => process.exit(13))

// Of one that waits, files were read before they were wanted: what it read is not all.
const read = 'warm' in given ? null : readFiles()
let threw = false
for (const [index, file] of order.files.entries()) {
  await tell({ importing: index })
  // What it throws, it throws again where it is wanted.
  await imported(file).catch(() => {
    threw = true
  })
}
await tell({ through: true, read: threw || read === null ? null : [...read] })
process.removeAllListeners('beforeExit')

/** A file that loops keeps this thread: another one holds the watch. */
function onWatch(code: string): void {
  const end = "const end = () => process.kill(process.pid, 'SIGKILL')"
  new Worker(`${end}\n${code}`, { eval: true, execArgv: [] }).unref()
}

/** Of one that waited, files are there already, as they were. */
async function imported(file: string): Promise<unknown> {
  if (!('warm' in given)) return importModule(file)
  const { importFresh } = await import('./import-fresh.ts')
  return importFresh(file)
}

async function waited({ warm, parent }: TrialWait): Promise<TrialOrder> {
  const told = new Promise<TrialOrder>((resolve) =>
    process.once('message', (message) => resolve(message as TrialOrder)),
  )
  const end = () => void process.kill(process.pid, 'SIGKILL')
  process.once('disconnect', end)
  if (!process.connected) end()
  onWatch(`setInterval(() => process.ppid === ${parent} || end(), 500)`)
  // Not anew: that takes a thread of the loader, for which an exit may wait for ever.
  for (const file of warm) await importModule(file).catch(() => undefined)
  return told
}
