import { AudioBuffer } from '@anabranch/plugin-sdk'
import type { Metrics, Plan } from '@anabranch/runtime'

/** How far a run is in its input, in ms of media time; `length` is null where it is not known. */
export interface Position {
  readonly ms: number
  readonly length: number | null
}

/** Knows how far sources and fed inputs have come, and how long they are. */
export class Progress {
  readonly #lengths = new Map<string, number>()
  readonly #sent = new Map<string, number>()
  readonly #plan: Plan
  /** Sources of sound: what others give has no length. */
  readonly #sources: readonly string[]

  constructor(plan: Plan) {
    this.#plan = plan
    this.#sources = plan.nodes
      .filter(({ form, outputs }) => form === 'source' && Object.values(outputs).some(({ kind }) => kind === 'audio'))
      .map(({ id }) => id)
  }

  /** Told by whoever reads it, once it is known. */
  length(name: string, ms: number): void {
    this.#lengths.set(name, ms)
  }

  /** A value of a fed input went in. */
  sent(name: string, value: unknown): void {
    if (value instanceof AudioBuffer)
      this.#sent.set(name, (this.#sent.get(name) ?? 0) + (1000 * value.length) / value.sampleRate)
  }

  /** Of the longest one; without a length as soon as that of one is not known. */
  at({ nodes }: Pick<Metrics, 'nodes'>): Position {
    const sources = this.#sources.map((id) => [id, (nodes[id]?.position_us ?? 0) / 1000] as const)
    const all = [...sources, ...this.#sent]
    const ms = Math.max(0, ...all.map(([, at]) => at))
    const known = all.every(([name]) => this.#lengths.has(name)) && all.length > 0
    return { ms, length: known ? Math.max(...this.#lengths.values()) : null }
  }

  /** Onlookers that learn the lengths of the sources which tell them: `info.duration_ms`, once, with the first frame. */
  taps(): Record<string, (value: unknown) => void> {
    const telling = this.#plan.nodes.filter(({ form, outputs }) => form === 'source' && 'info' in outputs)
    return Object.fromEntries(
      telling.map(({ id }) => [
        `${id}.info`,
        (info: unknown) => {
          const { duration_ms } = (info ?? {}) as { duration_ms?: unknown }
          if (typeof duration_ms === 'number') this.length(id, duration_ms)
        },
      ]),
    )
  }
}
