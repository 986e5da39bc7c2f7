import assert from 'node:assert/strict'
import { AudioBuffer } from '../audio-buffer.ts'
import { speechAt } from './clip.ts'
import { CUTS, cutAudio, joinedAudio } from './cuts.ts'
import { firstAudio } from './output-times.ts'
import type { Rule } from './rule.ts'
import { sameSamples } from './same-value.ts'
import { isHarmless, isRepeatable, runSubject, type Subject } from './subject.ts'

/** How much media time may be missing at the end: less than any frame, more than any rounding. */
const TAIL_US = 1000

/** What holds for nodes from audio to audio. */
export const AUDIO_RULES: readonly Rule[] = [
  {
    id: 'C28',
    title: 'gives the same samples for any chunking',
    applies: (subject) => isRepeatable(subject) && audioKey(subject) !== undefined,
    check: anyChunking,
  },
  {
    id: 'C29',
    title: 'gives the tail in flush',
    applies: (subject) =>
      isHarmless(subject) && subject.node.spec.time === 'samples' && audioKey(subject) !== undefined,
    check: wholeTail,
  },
]

/** The only required input, where it is audio and there is audio to come out. */
function audioKey({ node }: Subject): string | undefined {
  const required = Object.entries(node.spec.inputs ?? {}).filter(([, port]) => port.mode === 'required')
  const [only] = required
  const gives = Object.values(node.spec.outputs ?? {}).some((port) => port.kind === 'audio')
  return gives && required.length === 1 && only?.[1].kind === 'audio' ? only[0] : undefined
}

/** One second of speech in the format of the case, else of the port. */
function second(subject: Subject, key: string): AudioBuffer {
  const given = subject.inputs.map((record) => record[key]).find((value) => value instanceof AudioBuffer)
  const format = subject.node.spec.inputs?.[key]?.format
  const rate = [format?.sampleRate ?? 16_000].flat()[0] ?? 16_000
  return speechAt(1000, given?.sampleRate ?? rate, given?.channels ?? format?.channels ?? 1)
}

async function anyChunking(subject: Subject): Promise<void> {
  const key = audioKey(subject) ?? ''
  const whole = second(subject, key)
  let expected: Map<string, Float32Array> | undefined
  for (const [name, sizes] of CUTS) {
    const inputs = cutAudio(whole, sizes(whole.length), key, subject.inputs[0])
    const actual = joinedAudio(await runSubject(subject, { inputs }))
    expected ??= actual
    for (const output of new Set([...expected.keys(), ...actual.keys()])) {
      const [one, other] = [expected.get(output) ?? new Float32Array(), actual.get(output) ?? new Float32Array()]
      const lengths = `${other.length} samples, in one frame ${one.length}`
      assert.ok(sameSamples(one, other), `"${output}" differs for ${name} (${lengths}); a model says model: true`)
    }
  }
}

async function wholeTail(subject: Subject): Promise<void> {
  const key = audioKey(subject) ?? ''
  const whole = second(subject, key)
  // A length that no frame size divides, so that something is left.
  const odd = whole.slice(0, whole.length - 173)
  const outputs = await runSubject(subject, {
    inputs: cutAudio(odd, [Math.ceil(odd.length / 50)], key, subject.inputs[0]),
  })
  const first = outputs.map(firstAudio).find((audio) => audio !== undefined)
  const outputKey = Object.entries(subject.node.spec.outputs ?? {}).find(([, port]) => port.kind === 'audio')?.[0] ?? ''
  const samples = joinedAudio(outputs).get(outputKey)?.length ?? 0
  const us = first === undefined ? 0 : (samples / first.channels / first.sampleRate) * 1e6
  const missing = Math.round(odd.durationUs - us)
  assert.ok(missing <= TAIL_US, `${missing} µs of ${odd.durationUs} never left; give what is inside in flush()`)
}
