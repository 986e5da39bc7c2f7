import { anything, defineNode, derived } from '@anabranch/plugin-sdk'
import { concatMap, endWith, type Observable } from 'rxjs'
import { z } from 'zod'
import type { Caption } from './caption.ts'
import { type Bands, type Level, type Range, soundOf } from './sound-of.ts'

/** A transcript comes late: so much of what was measured is kept for it. */
const KEPT_MS = 120_000

interface Arrival {
  readonly caption?: unknown
  readonly level?: unknown
  readonly spectrum?: unknown
}

/** Joins by time: a caption waits until all was measured of the time in which it was said. */
export const captionSound = defineNode({
  type: 'CaptionSoundNode',
  summary: 'Joins to captions how loud and how bright they sounded.',
  params: z.object({
    min_hz: z.number().positive().default(40).describe('Where the lowest band of the spectrum begins, in Hz.'),
    max_hz: z
      .number()
      .positive()
      .default(8000)
      .describe('Where its highest band ends: half of the sample rate, in Hz.'),
  }),
  join: 'merge',
  lineage: 'derived',
  filters: true,
  maxHeld: 1000,
  inputs: { caption: anything.optional(), level: anything.optional(), spectrum: anything.optional() },
  outputs: { output: anything },
  create: (range) => ({
    operator: () => (arrivals) => {
      const waiting = new Waiting(range)
      return (arrivals as Observable<Arrival | null>).pipe(
        endWith(null),
        concatMap((arrival) => (arrival === null ? waiting.rest() : waiting.take(arrival))),
      )
    },
  }),
})

/** The captions that wait, and what was measured lately. */
class Waiting {
  readonly #range: Range
  #levels: Level[] = []
  #spectra: Bands[] = []
  #captions: { readonly arrival: Arrival; readonly caption: Caption }[] = []

  constructor(range: Range) {
    this.#range = range
  }

  /** The outputs that an arrival makes possible. A measurement itself goes nowhere else. */
  take(arrival: Arrival): object[] {
    const { caption, level, spectrum } = arrival
    if (caption !== undefined) {
      this.#captions.push({ arrival, caption: caption as Caption })
      return this.#ready()
    }
    if (level !== undefined) this.#levels = kept(this.#levels, level as Level)
    if (spectrum !== undefined) this.#spectra = kept(this.#spectra, spectrum as Bands)
    return [derived(arrival), ...this.#ready()]
  }

  /** At the end nothing more is measured. */
  rest(): object[] {
    return this.#captions.splice(0).map((each) => this.#joined(each))
  }

  #ready(): object[] {
    const measured = Math.min(this.#levels.at(-1)?.end_ms ?? 0, this.#spectra.at(-1)?.end_ms ?? 0)
    const later = this.#captions.findIndex(({ caption }) => caption.end_ms > measured)
    return this.#captions.splice(0, later === -1 ? this.#captions.length : later).map((each) => this.#joined(each))
  }

  #joined({ arrival, caption }: { readonly arrival: Arrival; readonly caption: Caption }): object {
    return derived(arrival, { output: soundOf(caption, this.#levels, this.#spectra, this.#range) })
  }
}

function kept<T extends { readonly end_ms: number }>(list: readonly T[], next: T): T[] {
  const from = list.findIndex(({ end_ms }) => end_ms > next.end_ms - KEPT_MS)
  return [...list.slice(Math.max(0, from)), next]
}
