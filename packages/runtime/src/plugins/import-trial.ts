import { Worker } from 'node:worker_threads'
import { importModule } from './import-module.ts'
import { readFiles } from './read-files.ts'

/** What the program is told as its argument, as JSON. */
export interface TrialOrder {
  readonly files: readonly string[]
  /** It ends by itself after so long, whatever a file does, also where nobody is left to end it. */
  readonly endMs: number
}

/** What it tells: the index of each file before it is imported, then that all are through. */
export type TrialNews =
  | { readonly importing: number }
  /** With the files that were read, where nothing was thrown. */
  | { readonly through: true; readonly read: readonly string[] | null }

// The program of `tryImports`: imports each file in turn, in a process that may end, hang or crash.
const { files, endMs } = JSON.parse(process.argv[2] as string) as TrialOrder
const tell = (news: TrialNews) => new Promise((resolve) => process.send?.(news, resolve))

// A file that loops keeps this thread: another one holds the watch.
const watch = `setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${endMs})`
new Worker(watch, { eval: true, execArgv: [] }).unref()

// Nothing is left to run, and a file still waits at its top level. Node says so with this code too, but not always.
process.once('beforeExit', () => process.exit(13))

const read = readFiles()
let threw = false
for (const [index, file] of files.entries()) {
  await tell({ importing: index })
  // What it throws, it throws again where it is wanted.
  await importModule(file).catch(() => {
    threw = true
  })
}
await tell({ through: true, read: threw ? null : [...read] })
process.removeAllListeners('beforeExit')
