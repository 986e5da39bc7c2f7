import { AudioBuffer } from '@anabranch/plugin-sdk'
import type { Plan } from '@anabranch/runtime'
import { MarkTracks } from './mark-tracks.ts'
import { SoundTrack } from './sound-track.ts'

type Taps = Record<string, (value: unknown) => void>

/** Looks on at a run for its report: at the first sound that comes in, and at what nodes say of the time line. */
export class ReportRecorder {
  readonly sound = new SoundTrack()
  readonly marks = new MarkTracks()
  readonly #plan: Plan

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** A value of an input that the command feeds. */
  sent(value: unknown): void {
    if (value instanceof AudioBuffer) this.sound.add(value)
  }

  taps(): Taps {
    const taps: Taps = {}
    const source = this.#plan.nodes
      .filter(({ form }) => form === 'source')
      .flatMap(({ id, outputs }) => Object.entries(outputs).map(([key, { kind }]) => ({ ref: `${id}.${key}`, kind })))
      .find(({ kind }) => kind === 'audio')
    if (source !== undefined) taps[source.ref] = (value) => this.sent(value)
    for (const { id, outputs, form } of this.#plan.nodes)
      for (const [key, { kind }] of Object.entries(outputs))
        if (form !== 'source' && (kind === 'json' || kind === 'anything'))
          taps[`${id}.${key}`] = (value) => this.marks.add(`${id}.${key}`, value)
    return taps
  }
}
