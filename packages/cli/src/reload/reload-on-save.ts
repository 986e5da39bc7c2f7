import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, extname, relative, resolve } from 'node:path'
import { NotAvailableError } from '@anabranch/plugin-sdk'
import { systemClock as clock } from '@anabranch/plugin-sdk/host'
import { type Executor, formatIssues, type Manifest, type PluginFile } from '@anabranch/runtime'
import type { Io } from '../io.ts'
import { LOADING } from '../nodes/own-plugins.ts'
import { paintIssues } from '../text/paint-issues.ts'
import type { RunView } from '../view/run-view.ts'
import { duration } from '../view/time-text.ts'
import { type FileWatch, watchFiles } from './watch-files.ts'

const AGAIN = 'stop the run and start it again'

export interface ReloadOnSaveOptions {
  /** The pipeline. */
  readonly file: string
  readonly manifest: Manifest
  /** When its files were read first, ms since the epoch. */
  readonly since: number
  readonly quiet: boolean | undefined
  readonly view: RunView
  readonly io: Io
}

/** Takes new code of nodes into a run whenever their files are saved, and tells what became of it. */
export class ReloadOnSave {
  readonly #executor: Executor
  readonly #options: ReloadOnSaveOptions
  /** What a save of these can do nothing about, and why. */
  readonly #fixed: ReadonlyMap<string, string>
  /** The content that was taken or refused last, by plugin. */
  readonly #seen = new Map<string, string>()
  /** What the last code that could not be loaded imports, by plugin: what is to be mended may be there. */
  readonly #failed = new Map<string, readonly string[]>()
  #dirty = new Set<string>()
  #working: Promise<void> | null = null
  #watch: FileWatch | null = null
  #closed = false

  constructor(executor: Executor, options: ReloadOnSaveOptions) {
    this.#executor = executor
    this.#options = options
    this.#fixed = fixedFiles(options)
  }

  /** @throws NotAvailableError where there is nothing whose new code could be taken. */
  async start(): Promise<void> {
    const plugins = this.#executor.pluginFiles()
    if (plugins.length === 0) throw nothingToWatch(this.#fixed)
    for (const plugin of plugins) this.#seen.set(plugin.file, this.#contentOf(plugin))
    this.#watch = await watchFiles(this.#files(), (files) => this.#saved(files))
    for (const { file, nodes } of plugins) this.#say(`watching ${shown(file)} (${nodes.join(', ')})`)
    // What was saved between its import and now.
    const late = this.#files().filter(
      (path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= this.#options.since,
    )
    if (late.length > 0) {
      for (const plugin of plugins) this.#seen.delete(plugin.file)
      this.#saved(new Set(late))
    }
  }

  /** No more of it; what is under way is finished. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#watch?.close()
    await this.#working
  }

  #files(): string[] {
    return [...this.#executor.pluginFiles().flatMap((plugin) => this.#filesOf(plugin)), ...this.#fixed.keys()]
  }

  #filesOf({ file, imports }: PluginFile): string[] {
    return [...new Set([file, ...imports, ...(this.#failed.get(file) ?? [])])]
  }

  /** Of a plugin and what it imports. */
  #contentOf(plugin: PluginFile): string {
    const hash = createHash('sha256')
    for (const path of this.#filesOf(plugin).sort())
      try {
        hash.update(path).update(readFileSync(path))
      } catch {
        hash.update('gone')
      }
    return hash.digest('hex')
  }

  #saved(files: ReadonlySet<string>): void {
    for (const file of files) this.#dirty.add(file)
    this.#working ??= this.#work().finally(() => {
      this.#working = null
    })
  }

  async #work(): Promise<void> {
    while (this.#dirty.size > 0 && !this.#closed) {
      const dirty = this.#dirty
      this.#dirty = new Set()
      for (const file of dirty) {
        const why = this.#fixed.get(file)
        if (why !== undefined) this.#tell(new NotAvailableError(`${shown(file)} has changed: ${why}`, { fix: AGAIN }))
      }
      for (const plugin of this.#executor.pluginFiles())
        if (this.#filesOf(plugin).some((file) => dirty.has(file))) await this.#reload(plugin)
      if (!this.#closed) this.#watch?.watch(this.#files())
    }
  }

  async #reload(plugin: PluginFile): Promise<void> {
    const content = this.#contentOf(plugin)
    if (this.#seen.get(plugin.file) === content) return
    this.#seen.set(plugin.file, content)
    const start = clock.now()
    try {
      const nodes = await this.#executor.reload(plugin.file, { importMs: LOADING.importMs })
      this.#failed.delete(plugin.file)
      this.#say(`reloaded ${nodes.join(', ')} from ${shown(plugin.file)} in ${duration(clock.now() - start)}`)
    } catch (error) {
      this.#failed.set(plugin.file, (error as { imports?: readonly string[] }).imports ?? [])
      // What would not settle may do so another time.
      if ((error as { code?: string }).code === 'ANB_TIMEOUT') this.#seen.delete(plugin.file)
      if (!this.#closed) this.#tell(error as Error)
    }
  }

  #say(line: string): void {
    if (!this.#options.quiet) this.#options.view.say(line)
  }

  #tell(error: Error): void {
    const { view, io } = this.#options
    view.say(`${paintIssues(formatIssues(error), io.stderr, io.env)}\n  the code before goes on`)
  }
}

const shown = (file: string) => relative('.', file)

/** The pipeline itself, and plugins by path that are not JavaScript. */
function fixedFiles({ file, manifest }: ReloadOnSaveOptions): ReadonlyMap<string, string> {
  const fixed = new Map([[resolve(file), 'a run takes new code of nodes, but no other pipeline']])
  for (const entry of manifest.plugins ?? [])
    if (typeof entry === 'string' && extname(entry) === '.py')
      fixed.set(resolve(dirname(file), entry), 'a run takes no new code of Python nodes yet')
  return fixed
}

function nothingToWatch(fixed: ReadonlyMap<string, string>): Error {
  const python = [...fixed.keys()].some((path) => extname(path) === '.py')
  const message = python
    ? '--watch: this pipeline has nodes in Python alone by their path, of which a run takes no new code yet'
    : '--watch has nothing to watch: no node of this pipeline is of a plugin that it names by its path'
  return new NotAvailableError(message, {
    fix: 'list a file under plugins, such as ./nodes/mine.js, or leave --watch out',
  })
}
