/** A line and a column of a text, from 1, and the line itself. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly text: string
}

/** A text that was read, and where its lines begin. Offsets and columns are UTF-16 code units. */
export class SourceText {
  readonly name: string
  readonly text: string
  #starts: readonly number[] | null = null

  constructor(name: string, text: string) {
    this.name = name
    this.text = text
  }

  at(offset: number): Position {
    this.#starts ??= startsOf(this.text)
    const starts = this.#starts
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    const start = starts[low] as number
    const end = this.text.indexOf('\n', start)
    const text = this.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '')
    return { line: low + 1, column: offset - start + 1, text }
  }
}

function startsOf(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** A place in a text. */
export interface Spot {
  readonly source: SourceText
  readonly offset: number
}
