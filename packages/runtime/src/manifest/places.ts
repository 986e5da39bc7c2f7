import type { Spot } from './source-text.ts'

/** Where a key and its value were written. */
export interface Place {
  readonly key: Spot
  readonly value: Spot
}

/**
 * Which end of a place is meant. `auto`: the value where it is a scalar, else the key, where a reader looks first.
 * `name`: the key where the whole path was written, else as `auto`.
 */
export type PlaceEnd = 'key' | 'value' | 'auto' | 'name'

/** Where the parts of a tree of plain objects were written, by the object and the key. */
export class Places {
  readonly #places = new WeakMap<object, Map<string, Place>>()

  set(container: object, key: string | number, place: Place): void {
    let own = this.#places.get(container)
    if (own === undefined) {
      own = new Map()
      this.#places.set(container, own)
    }
    own.set(String(key), place)
  }

  get(container: object, key: string | number): Place | undefined {
    return this.#places.get(container)?.get(String(key))
  }

  /** A part that was written elsewhere in the file, or under another name, keeps its place. */
  copy(from: object, fromKey: string | number, to: object, toKey: string | number = fromKey): void {
    const place = this.get(from, fromKey)
    if (place !== undefined) this.set(to, toKey, place)
  }

  /**
   * Where a dotted path below `root` was written; where the last part was not written, where the one above it was.
   * Keys with dots in them are found too.
   */
  find(root: unknown, path: string, end: PlaceEnd, start: Spot): Spot {
    let spot = start
    let container = root
    let rest = path
    while (rest !== '' && typeof container === 'object' && container !== null) {
      const key = keyOf(container, rest)
      if (key === undefined) return spot
      const place = this.get(container, key)
      const value = (container as Record<string, unknown>)[key]
      const scalar = typeof value !== 'object' || value === null
      rest = rest.slice(key.length + 1)
      const atValue = end === 'value' || (scalar && (end === 'auto' || (end === 'name' && rest !== '')))
      if (place !== undefined) spot = atValue ? place.value : place.key
      container = value
    }
    return spot
  }
}

/** The longest own key that the path begins with. */
function keyOf(container: object, path: string): string | undefined {
  let end = path.length
  while (end > 0) {
    const key = path.slice(0, end)
    if (Object.hasOwn(container, key)) return key
    end = path.lastIndexOf('.', end - 1)
  }
  return undefined
}
