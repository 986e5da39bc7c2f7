import { AudioBuffer, type Values } from '@anabranch/plugin-sdk'
import { CUTS, cutAudio, joinedAudio, sameSamples } from '@anabranch/plugin-sdk/testing'
import { soundFor } from '../input-sets.ts'
import type { Lab } from '../lab.ts'
import type { Rule } from '../rule.ts'
import type { TrialResult } from '../trial.ts'

/** How much media time may be missing at the end: less than any frame, more than any rounding. */
const TAIL_US = 1000

/** What holds for nodes from audio to audio. */
export const AUDIO_RULES: readonly Rule[] = [
  { id: 'C28', title: 'gives the same samples for any chunking', silent: modelled, check: anyChunking },
  { id: 'C29', title: 'gives the tail in flush', silent: untimed, check: wholeTail },
]

/** The only required input, where it is audio and there is audio to come out. */
function audioKey({ spec }: Lab): string | undefined {
  const required = Object.entries(spec.inputs ?? {}).filter(([, port]) => port.mode === 'required')
  const [only] = required
  const gives = Object.values(spec.outputs ?? {}).some((port) => port.kind === 'audio')
  return gives && required.length === 1 && only?.[1].kind === 'audio' ? only[0] : undefined
}

function modelled(lab: Lab): string | undefined {
  if (audioKey(lab) === undefined) return 'it is no node from audio to audio'
  return lab.repeatable ? undefined : 'it is effectful, or contains a model'
}

function untimed(lab: Lab): string | undefined {
  if (audioKey(lab) === undefined) return 'it is no node from audio to audio'
  if (!lab.harmless) return 'it is effectful'
  return lab.spec.time === 'samples' ? undefined : 'its time is not "samples"'
}

async function anyChunking(lab: Lab): Promise<void> {
  const key = audioKey(lab) as string
  const whole = soundFor(lab.spec.inputs?.[key] as never, 500)
  let expected: Map<string, Float32Array> | undefined
  for (const [name, sizes] of CUTS) {
    const inputs = cutAudio(whole, sizes(whole.length), key, lab.sets[0])
    const actual = joinedAudio(valuesOf(await lab.run({ inputs, pace: 'at-once' })))
    expected ??= actual
    for (const output of new Set([...expected.keys(), ...actual.keys()])) {
      const [one, other] = [expected.get(output) ?? new Float32Array(), actual.get(output) ?? new Float32Array()]
      if (!sameSamples(one, other))
        throw lab.broken(`"${output}" differs for ${name} (${other.length} samples, in one frame ${one.length})`)
    }
  }
}

async function wholeTail(lab: Lab): Promise<void> {
  const key = audioKey(lab) as string
  const whole = soundFor(lab.spec.inputs?.[key] as never)
  // A length that no frame size divides, so that something is left.
  const odd = whole.slice(0, whole.length - 173)
  const values = valuesOf(
    await lab.run({ inputs: cutAudio(odd, [Math.ceil(odd.length / 50)], key, lab.sets[0]), pace: 'at-once' }),
  )
  const outputKey = Object.entries(lab.spec.outputs ?? {}).find(([, port]) => port.kind === 'audio')?.[0] ?? ''
  const first = values.map((each) => each[outputKey]).find((value) => value instanceof AudioBuffer) as
    | AudioBuffer
    | undefined
  const samples = joinedAudio(values).get(outputKey)?.length ?? 0
  const us = first === undefined ? 0 : (samples / first.channels / first.sampleRate) * 1e6
  const missing = Math.round(odd.durationUs - us)
  if (missing > TAIL_US)
    throw lab.broken(`${missing} of ${odd.durationUs} µs never left: give what is inside in flush()`, 'flush')
}

const valuesOf = ({ outputs }: TrialResult): Values[] => outputs.map(({ value }) => value)
