import { dirname } from 'node:path'
import { systemClock as clock } from '@anabranch/plugin-sdk/host'

/** An editor writes a file in several steps, or another in its place: they are one save. */
const SAVE_MS = 30

export interface FileWatch {
  /** Looks at these from now on, and no longer at what it looked at before. */
  watch(files: Iterable<string>): void
  close(): Promise<void>
}

/** Tells of files that were written, made, removed or replaced, a moment after the last of several changes. */
export async function watchFiles(
  files: Iterable<string>,
  changed: (files: ReadonlySet<string>) => void,
): Promise<FileWatch> {
  const { watch } = await import('chokidar')
  let wanted = new Set(files)
  let dirty = new Set<string>()
  let timer: unknown = null
  const tell = () => {
    timer = null
    const told = dirty
    dirty = new Set()
    changed(told)
  }
  // Their folders: a file that another takes the place of is not the one that was looked at.
  const watcher = watch(foldersOf(wanted), {
    depth: 0,
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !wanted.has(path),
  })
  watcher.on('all', (_, path) => {
    if (!wanted.has(path)) return
    dirty.add(path)
    if (timer !== null) clock.clearTimeout(timer)
    timer = clock.setTimeout(tell, SAVE_MS)
  })
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()))
  return {
    watch(next) {
      const before = foldersOf(wanted)
      wanted = new Set(next)
      watcher.add(foldersOf(wanted).filter((folder) => !before.includes(folder)))
    },
    async close() {
      if (timer !== null) clock.clearTimeout(timer)
      await watcher.close()
    },
  }
}

const foldersOf = (files: Iterable<string>) => [...new Set([...files].map((file) => dirname(file)))]
