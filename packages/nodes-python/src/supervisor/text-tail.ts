import type { Readable } from 'node:stream'
import { LIMITS } from '@anabranch/plugin-sdk/host'

/** Cuts a stream into lines (of at most 16 KB), hands each on, and keeps the last ones for error texts. */
export class TextTail {
  readonly #lines: string[] = []
  readonly #most: number
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(stream: Readable | null, most: number, onLine: (line: string) => void = () => undefined) {
    this.#most = most
    this.#onLine = onLine
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => this.#take(text))
    stream?.on('end', () => this.#rest !== '' && this.#take('\n'))
    stream?.on('error', () => undefined)
  }

  text(): string {
    return [...this.#lines, this.#rest].join('\n').trim()
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    while (this.#rest.length > LIMITS.stderr_line_bytes) {
      lines.push(this.#rest.slice(0, LIMITS.stderr_line_bytes))
      this.#rest = this.#rest.slice(LIMITS.stderr_line_bytes)
    }
    for (const line of lines) {
      const cut = line.slice(0, LIMITS.stderr_line_bytes)
      this.#lines.push(cut)
      if (this.#lines.length > this.#most) this.#lines.shift()
      this.#onLine(cut)
    }
  }
}
