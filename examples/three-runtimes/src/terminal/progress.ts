import type { Levels } from '../nodes/levels.ts'
import type { Terminal } from './terminal.ts'
import { wave } from './wave.ts'

const REDRAW_MS = 40
const WIDTH = 50

/** How far the run is: one line that grows in a terminal, a line for each quarter elsewhere. */
export class Progress {
  readonly #terminal: Terminal
  readonly #total: number
  #drawn = 0
  #quarters = 0

  constructor(terminal: Terminal, total: number) {
    this.#terminal = terminal
    this.#total = total
  }

  show(levels: Levels): void {
    const count = levels.frames.length
    if (this.#terminal.live) this.#draw(levels.frames)
    else if (count * 4 >= this.#total * (this.#quarters + 1)) {
      this.#quarters = Math.floor((count * 4) / this.#total)
      this.#terminal.write(`  ${25 * this.#quarters} %  ${count} of ${this.#total} frames\n`)
    }
  }

  /** Gives the line back; elsewhere what comes next is set apart. */
  clear(): void {
    if (!this.#terminal.live) this.#terminal.write('\n')
    else this.#terminal.write(`\r${' '.repeat(WIDTH + 12)}\r`)
  }

  #draw(frames: readonly number[]): void {
    const now = performance.now()
    if (now - this.#drawn < REDRAW_MS && frames.length < this.#total) return
    this.#drawn = now
    const percent = Math.floor((100 * frames.length) / this.#total)
    const bars = wave(frames, this.#total, WIDTH).padEnd(WIDTH)
    this.#terminal.write(`\r  ${this.#terminal.paint.green(bars)}  ${percent} %`)
  }
}
