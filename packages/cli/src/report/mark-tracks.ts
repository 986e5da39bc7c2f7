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

  /**
   * What says something about the line of a sound that lasts so long. Left out are measurements, whose windows are all of
   * one length or the whole line, and captions that a later node passed on.
   */
  shown(ms: number): MarkTrack[] {
    const tracks = [...this.#tracks].filter(([, { marks }]) => !isMeasurement(marks, ms))
    const said = tracks.map(([, { marks }]) => JSON.stringify(marks))
    return tracks
      .filter((_, at) => !said.includes(said[at] as string, at + 1))
      .map(([name, track]) => ({ name, ...track }))
  }
}

/** Of these, the last window of a sound is shorter. */
function isMeasurement(marks: readonly Mark[], ms: number): boolean {
  if (marks.some(({ text }) => text !== undefined)) return false
  const lengths = marks.slice(0, -1).map(({ start, end }) => end - start)
  const [first = 0] = lengths
  if (lengths.length === 0) return marks.every(({ start, end }) => end - start > 0.99 * ms)
  return lengths.length > 2 && lengths.every((length) => Math.abs(length - first) < 1)
}
