import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** This file is built to test/.build/e2e/. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = join(root, 'packages', 'cli', 'dist', 'main.js')

/** `anabranch run --watch` over files of its own, fed by line. */
export interface WatchedRun {
  readonly folder: string
  /** Feeds the next number. */
  feed(value: unknown): void
  write(name: string, text: string): void
  /** Resolves when stderr has said this, from where it was last looked at. */
  said(pattern: RegExp): Promise<string>
  /** Resolves when so many values came out. */
  got(count: number): Promise<void>
  /** What came out so far. */
  readonly values: readonly unknown[]
  readonly err: () => string
  /** Ends its input; gives the last line of its JSON. */
  end(): Promise<Record<string, unknown>>
  kill(): void
  /** Kills it and removes its folder: processes that it has started must be gone, or they start in a folder that is gone. */
  remove(): void
}

/** Starts a run of `pipeline.yaml`, one of the files; resolves when it watches. */
export async function watchedRun(files: Readonly<Record<string, string>>): Promise<WatchedRun> {
  // Inside the repository, so that packages are found as they are where they were installed.
  const folder = mkdtempSync(join(root, 'test', '.build', 'watched-'))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('package.json', '{ "type": "module" }')
  for (const [name, text] of Object.entries(files)) write(name, text)
  const child = spawn(process.execPath, [program, 'run', 'pipeline.yaml', '--watch', '--json', '-i', '-'], {
    cwd: folder,
    stdio: 'pipe',
    env: { ...process.env, NO_COLOR: '1' },
  })
  child.stdin.on('error', () => undefined) // It may end before it has read everything.
  const run = new Reader(child)
  const kill = () => void child.kill('SIGKILL')
  const remove = () => {
    kill()
    rmSync(folder, { recursive: true, force: true })
  }
  const watched: WatchedRun = {
    folder,
    feed: (value) => void child.stdin.write(`${JSON.stringify(value)}\n`),
    write,
    said: (pattern) => run.said(pattern),
    got: (count) => run.until(() => run.values.length >= count, `${count} values`),
    values: run.values,
    err: () => run.err,
    async end() {
      child.stdin.end()
      await run.ended
      if (run.last === null) throw new Error(`no result: ${run.err}`)
      return run.last
    },
    kill,
    remove,
  }
  try {
    await watched.said(/watching /)
  } catch (error) {
    remove()
    throw error
  }
  return watched
}

/** What a run writes, and who waits for it. */
class Reader {
  err = ''
  readonly values: unknown[] = []
  last: Record<string, unknown> | null = null
  readonly ended: Promise<void>
  #line = ''
  #looked = 0
  #over = false
  #waiting = new Set<() => void>()

  constructor(child: ChildProcess) {
    child.stdout?.on('data', (chunk) => {
      const lines = (this.#line + chunk).split('\n')
      this.#line = lines.pop() as string
      for (const line of lines) {
        const said = JSON.parse(line) as Record<string, unknown>
        if ('ledger' in said) this.last = said
        else this.values.push(said.value)
      }
      this.#tell()
    })
    child.stderr?.on('data', (chunk) => {
      this.err += chunk
      this.#tell()
    })
    this.ended = new Promise((resolve) => {
      child.once('close', () => {
        this.#over = true
        this.#tell()
        resolve()
      })
    })
  }

  async said(pattern: RegExp): Promise<string> {
    let found: RegExpExecArray | null = null
    await this.until(() => {
      found = pattern.exec(this.err.slice(this.#looked))
      return found !== null
    }, String(pattern))
    const match = found as unknown as RegExpExecArray
    this.#looked += match.index + match[0].length
    return match[0]
  }

  /** Fails when the run has ended before. */
  until(done: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!done() && !this.#over) return
        this.#waiting.delete(look)
        if (done()) resolve()
        else reject(new Error(`it ended before ${what}: ${this.err}`))
      }
      this.#waiting.add(look)
      look()
    })
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look()
  }
}
