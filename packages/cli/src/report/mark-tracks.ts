/** A part of the time line, and what is said of it. */
export interface Mark {
  readonly start: number
  readonly end: number
  readonly text?: string
}

export interface MarkTrack {
  readonly name: string
  readonly marks: readonly Mark[]
  /** More came than are kept. */
  readonly left_out: number
}

const MOST = 2000

/** Keeps what nodes say of parts of the time line: records with `start_ms` and `end_ms`, and `text` where there is one. */
export class MarkTracks {
  readonly #tracks = new Map<string, { readonly marks: Mark[]; left_out: number }>()

  add(name: string, value: unknown): void {
    const { start_ms, end_ms, text } = (value ?? {}) as { start_ms?: unknown; end_ms?: unknown; text?: unknown }
    if (typeof start_ms !== 'number' || typeof end_ms !== 'number') return
    let track = this.#tracks.get(name)
    if (track === undefined) {
      track = { marks: [], left_out: 0 }
      this.#tracks.set(name, track)
    }
    if (track.marks.length === MOST) track.left_out++
    else track.marks.push({ start: start_ms, end: end_ms, ...(typeof text === 'string' && { text }) })
  }

  get tracks(): MarkTrack[] {
    return [...this.#tracks].map(([name, track]) => ({ name, ...track }))
  }
}
