import { AudioBuffer, type TimeRule } from '@anabranch/plugin-sdk'
import type { NextTime } from '@anabranch/plugin-sdk/host'
import type { Env } from '../edges/env.ts'

/** The rule of one output key. */
export interface OutputTime {
  /** The envelope of one output value, made of `env`. */
  of(env: Env, value: unknown, record: object): Env
  /** Writes when the next output is, if the node says nothing; `env` is what it would be made of, where that is known. */
  tell(time: NextTime, env: Env | null): boolean
}

/** Media times that nodes said by `context.at`, by outputs object. */
export class SaidTimes {
  #times: WeakMap<object, number> | null = null

  get(outputs: object): number | undefined {
    return this.#times?.get(outputs)
  }

  set(outputs: object, pts: number): void {
    this.#times ??= new WeakMap()
    this.#times.set(outputs, pts)
  }
}

/**
 * The rule by which media time follows from an input's, for one output key; null where it stays.
 *
 * `samples`: pts = first pts + round(samples emitted · 10^6 / rate) − the node's delay, counted anew after a gap, so it
 * is exact for any chunking; of several outputs made after a gap the first alone says so. Where the node says a time all
 * the same (`context.at`), it is that, and is counted on from there. `span` is already in the
 * merged envelope. `own`: what `context.at` said.
 */
export function outputTime(rule: TimeRule, delayUs: number, said: SaidTimes): OutputTime | null {
  if (rule === 'samples') return new SampleTime(delayUs, said)
  if (rule === 'own') return new OwnTime(said)
  return null
}

class SampleTime implements OutputTime {
  readonly #delayUs: number
  readonly #said: SaidTimes
  #base = Number.NaN
  #samples = 0
  #rate = 0
  #last: Env | null = null

  constructor(delayUs: number, said: SaidTimes) {
    this.#delayUs = delayUs
    this.#said = said
  }

  of(env: Env, value: unknown, record: object): Env {
    if (!(value instanceof AudioBuffer)) return env
    const gap = env.discont && env !== this.#last
    this.#last = env
    const told = this.#said.get(record)
    if (told !== undefined || Number.isNaN(this.#base) || gap || value.sampleRate !== this.#rate) {
      this.#base = told ?? env.pts - this.#delayUs
      this.#samples = 0
      this.#rate = value.sampleRate
    }
    const out = env.copy()
    if (!gap) {
      out.discont = false
      out.lost = 0
    }
    out.pts = this.#next()
    this.#samples += value.length
    out.duration = this.#next() - out.pts
    return out
  }

  tell(time: NextTime, env: Env | null): boolean {
    const fresh = Number.isNaN(this.#base)
    if (fresh && env === null) return false
    time.pts = fresh ? (env as Env).pts - this.#delayUs : this.#next()
    time.rate = fresh ? 0 : this.#rate
    time.says = true
    return true
  }

  #next(): number {
    return this.#base + Math.round((this.#samples * 1e6) / this.#rate)
  }
}

class OwnTime implements OutputTime {
  readonly #said: SaidTimes

  constructor(said: SaidTimes) {
    this.#said = said
  }

  of(env: Env, _value: unknown, record: object): Env {
    const pts = this.#said.get(record)
    if (pts === undefined) return env
    const out = env.copy()
    out.pts = pts
    return out
  }

  tell(time: NextTime): boolean {
    time.pts = Number.NaN
    time.rate = 0
    time.says = true
    return true
  }
}
