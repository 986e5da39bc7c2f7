import { AudioBuffer } from '../audio-buffer.ts'
import type { Envelope } from '../context.ts'
import type { NodeSpec, TimeRule } from '../contract/node-spec.ts'
import type { RecordBody } from '../record-body.ts'
import type { StandaloneContext } from '../standalone-context.ts'
import type { Values } from '../values.ts'

/** Gives outputs their envelopes, by the time rule of the spec. */
export interface OutputTimes {
  /** A set was taken. */
  taken(envelope: Envelope): void
  emitted(outputs: Values): Envelope
}

export function outputTimes(spec: NodeSpec, body: RecordBody, context: StandaloneContext): OutputTimes {
  const whole = body.operator !== undefined || body.stream !== undefined
  const rule: TimeRule = spec.time ?? (whole ? 'span' : 'keep')
  let seq = 0
  let last = context.envelope
  /** The first set since the last output; the start of everything. */
  let held: Envelope | undefined
  let start: number | undefined
  let produced = false
  let counted = 0

  const bySamples = (outputs: Values) => {
    const audio = firstAudio(outputs)
    const told = context.times.get(outputs)
    if (told !== undefined) {
      start = told + (body.delayUs ?? 0)
      counted = 0
    }
    const from = (start ?? 0) - (body.delayUs ?? 0)
    if (audio === undefined) return from
    const pts = from + Math.round((counted * 1e6) / audio.sampleRate)
    counted += audio.length
    return pts
  }
  const ptsOf = (outputs: Values) => {
    if (rule === 'own') return context.times.get(outputs) ?? last.pts
    if (rule === 'samples') return bySamples(outputs)
    return rule === 'span' ? (held ?? last).pts : last.pts
  }
  return {
    taken(envelope) {
      last = envelope
      start ??= envelope.pts
      if (produced || held === undefined) held = envelope
      produced = false
    },
    emitted(outputs) {
      produced = true
      return { ...last, seq: seq++, pts: ptsOf(outputs) }
    },
  }
}

export function firstAudio(values: Values): AudioBuffer | undefined {
  return Object.values(values).find((value): value is AudioBuffer => value instanceof AudioBuffer)
}
