/**
 * Columns along time, of a number that stays bounded: where there would be more than `most`, each pair becomes one, and
 * every column stands for twice the time.
 */
export class Halving<T> {
  readonly #most: number
  readonly #merge: (a: T, b: T) => T
  #columns: T[] = []
  /** Parts that make one column now, and those of the one at work. */
  #each = 1
  #open: { readonly value: T; readonly parts: number } | null = null

  constructor(most: number, merge: (a: T, b: T) => T) {
    this.#most = most
    this.#merge = merge
  }

  /** The next part of time, all of equal length. */
  add(part: T): void {
    const { value, parts } =
      this.#open === null
        ? { value: part, parts: 1 }
        : { value: this.#merge(this.#open.value, part), parts: this.#open.parts + 1 }
    if (parts < this.#each) {
      this.#open = { value, parts }
      return
    }
    this.#open = null
    this.#columns.push(value)
    if (this.#columns.length < this.#most) return
    const halved: T[] = []
    for (let at = 0; at + 1 < this.#columns.length; at += 2)
      halved.push(this.#merge(this.#columns[at] as T, this.#columns[at + 1] as T))
    this.#columns = halved
    this.#each *= 2
  }

  get columns(): readonly T[] {
    return this.#open === null ? this.#columns : [...this.#columns, this.#open.value]
  }
}
