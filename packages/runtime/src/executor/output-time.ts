import { AudioBuffer, type TimeRule } from '@anabranch/plugin-sdk'
import type { Env } from '../edges/env.ts'

/** Gives the envelope of one output value, made of `env`. */
export type OutputTime = (env: Env, value: unknown, record: object) => Env

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
  if (rule === 'samples') return sampleTime(delayUs, said)
  if (rule === 'own') return (env, _value, record) => atTime(env, said.get(record))
  return null
}

function sampleTime(delayUs: number, said: SaidTimes): OutputTime {
  let base = Number.NaN
  let samples = 0
  let rate = 0
  let last: Env | null = null
  return (env, value, record) => {
    if (!(value instanceof AudioBuffer)) return env
    const gap = env.discont && env !== last
    last = env
    const told = said.get(record)
    if (told !== undefined || Number.isNaN(base) || gap || value.sampleRate !== rate) {
      base = told ?? env.pts - delayUs
      samples = 0
      rate = value.sampleRate
    }
    const out = env.copy()
    if (!gap) {
      out.discont = false
      out.lost = 0
    }
    out.pts = base + Math.round((samples * 1e6) / rate)
    samples += value.length
    out.duration = base + Math.round((samples * 1e6) / rate) - out.pts
    return out
  }
}

function atTime(env: Env, pts: number | undefined): Env {
  if (pts === undefined) return env
  const out = env.copy()
  out.pts = pts
  return out
}
