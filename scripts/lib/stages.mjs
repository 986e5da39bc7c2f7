// @ts-check
import { Problem } from './problem.mjs'

const heartbeatMs = 15_000
const frameMs = 120
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/**
 * Tells the progress of named stages on stderr: one live line in a terminal; elsewhere a line at the start and a sign
 * of life every 15 s.
 */
export class Stages {
  /** @type {Map<string, { start: number, note: string }>} */
  #open = new Map()
  /** @type {NodeJS.Timeout | undefined} */
  #timer
  #frame = 0
  #out = process.stderr
  #live = Boolean(process.stderr.isTTY) && !process.env.CI

  /**
   * @template T
   * @param {string} name
   * @param {(tell: (note: string) => void) => Promise<T>} work it may tell what it is doing just now
   * @param {(value: T) => boolean} [isGood] whether what it gave is a success; the default is yes
   * @returns {Promise<T>}
   */
  async run(name, work, isGood = () => true) {
    const start = performance.now()
    const stage = { start, note: '' }
    this.#open.set(name, stage)
    if (!this.#live) this.#out.write(`${name} …\n`)
    this.#timer ??= setInterval(() => this.#tick(), this.#live ? frameMs : heartbeatMs)
    let mark = '✗'
    try {
      const value = await work((note) => {
        stage.note = note
      })
      if (isGood(value)) mark = '✓'
      return value
    } finally {
      this.#open.delete(name)
      if (this.#live) this.#out.write('\r\x1b[K')
      this.#out.write(`${mark} ${name}  ${seconds(performance.now() - start)}\n`)
      if (this.#open.size === 0) {
        clearInterval(this.#timer)
        this.#timer = undefined
      }
    }
  }

  #tick() {
    const now = performance.now()
    const told = [...this.#open].map(([name, { start, note }]) => {
      const words = note ? ` (${note.slice(0, 60)})` : ''
      return `${name} ${Math.round((now - start) / 1000)} s${words}`
    })
    if (!this.#live) {
      this.#out.write(`… still at work: ${told.join(', ')}\n`)
      return
    }
    this.#frame = (this.#frame + 1) % frames.length
    const line = `${frames[this.#frame]} ${told.join(' · ')}`
    this.#out.write(`\r\x1b[K${line.slice(0, (this.#out.columns ?? 80) - 1)}`)
  }
}

/**
 * The result of a command that has to succeed.
 * @param {string} name
 * @param {import('./command.mjs').Done} done
 * @param {string} fix what a user can do when it failed
 */
export function mustSucceed(name, done, fix) {
  if (done.code !== 0) throw new Problem(`${name} failed (exit code ${done.code}).`, { fix, output: done.output })
  return done
}
