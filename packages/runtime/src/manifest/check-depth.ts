interface Level {
  readonly column: number
  readonly list: boolean
}

/**
 * Watches the tokens of a YAML text and tells how deeply it is nested, before anything is composed: composing is
 * recursive, so that a short text of brackets could end the process. A text is never deeper than what is told here.
 */
export class DepthGauge {
  offset = 0
  #flow = 0
  #column = 0
  /** Where the key began that a colon may follow. */
  #start = -1
  readonly #levels: Level[] = []

  /** Takes one token of the lexer and gives the depth at it. */
  next(token: string): number {
    if (token === '\x1f' || token === '\x02' || token === '\x18') {
      if (token === '\x1f' && this.#start < 0) this.#start = this.#column
      return this.#depth
    }
    this.#take(token)
    const depth = this.#depth
    this.offset += token.length
    const newline = token.lastIndexOf('\n')
    this.#column = newline < 0 ? this.#column + token.length : token.length - newline - 1
    if (newline >= 0 && this.#flow === 0) this.#start = -1
    return depth
  }

  get #depth(): number {
    return this.#levels.length + this.#flow
  }

  #take(token: string): void {
    const first = token[0] as string
    if (first === ' ' || first === '\t' || first === '\n' || first === '\r' || first === '#') return
    if (token === '[' || token === '{') {
      if (this.#start < 0) this.#start = this.#column
      this.#flow++
    } else if (token === ']' || token === '}') this.#flow = Math.max(0, this.#flow - 1)
    else if (this.#flow > 0) return
    else if (token === '---' || token === '...') this.#levels.length = 0
    else if (token === '-' || token === '?') {
      this.#enter(this.#column, token === '-')
      this.#start = -1
    } else if (token === ':') {
      this.#enter(this.#start < 0 ? this.#column : this.#start, false)
      this.#start = -1
    } else if (this.#start < 0) this.#start = this.#column
  }

  /** A list may stand in the column of the key that it belongs to. */
  #enter(column: number, list: boolean): void {
    const levels = this.#levels
    let top = levels.at(-1)
    while (top !== undefined && (top.column > column || (top.column === column && top.list && !list))) {
      levels.pop()
      top = levels.at(-1)
    }
    if (top === undefined || top.column < column || top.list !== list) levels.push({ column, list })
  }
}
