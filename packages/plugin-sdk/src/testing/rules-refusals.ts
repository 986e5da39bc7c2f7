import assert from 'node:assert/strict'
import { AudioBuffer } from '../audio-buffer.ts'
import { isAnabranchError } from '../errors/anabranch-error.ts'
import type { Values } from '../values.ts'
import { refusedSet } from './refused-set.ts'
import type { Rule } from './rule.ts'
import { isHarmless, type Subject } from './subject.ts'

/** What a node does with audio that it may not be able to work with. */
export const REFUSAL_RULES: readonly Rule[] = [
  {
    id: 'C60',
    title: 'refuses audio it cannot work with by a coded error, and goes on',
    applies: (subject) => isHarmless(subject) && audioOf(subject.inputs[0]) !== undefined,
    check: refusesInCode,
  },
]

const CODES: readonly string[] = ['ANB_INPUTS', 'ANB_AUDIO_FORMAT']

const ANOTHER_RATE = 'another rate'
const OTHER_CHANNELS = 'another number of channels'

/** Each as a change of one good frame. */
const ODD: Readonly<Record<string, (good: AudioBuffer) => AudioBuffer>> = {
  'a frame without samples': ({ sampleRate, channels }) => new AudioBuffer(new Float32Array(0), sampleRate, channels),
  [ANOTHER_RATE]: ({ samples, sampleRate, channels }) =>
    new AudioBuffer(samples.slice(), sampleRate === 8000 ? 16_000 : 8000, channels),
  [OTHER_CHANNELS]: ({ samples, sampleRate, channels, length }) =>
    channels === 1
      ? new AudioBuffer(new Float32Array(2 * length), sampleRate, 2)
      : new AudioBuffer(samples.slice(0, length), sampleRate, 1),
  'samples that are no numbers': ({ samples, sampleRate, channels }) =>
    new AudioBuffer(new Float32Array(samples.length).fill(Number.NaN), sampleRate, channels),
}

async function refusesInCode(subject: Subject): Promise<void> {
  const [first = {}] = subject.inputs
  const [key, good] = audioOf(first) as readonly [string, AudioBuffer]
  const { sampleRate, channels } = subject.node.spec.inputs?.[key]?.format ?? {}
  for (const [what, change] of Object.entries(ODD)) {
    // What the port's format rules out, hosts keep away.
    if (what === ANOTHER_RATE && sampleRate !== undefined) continue
    if (what === OTHER_CHANNELS && channels !== undefined) continue
    await refusedSet(subject, { what, given: { ...first, [key]: change(good) } }, (refused) => {
      const code = isAnabranchError(refused) ? refused.code : undefined
      assert.ok(
        refused === undefined || CODES.includes(code ?? ''),
        `${what}: ${code}, not ${CODES.join(' or ')}: ${refused?.message}`,
      )
    })
  }
}

function audioOf(given: Values | undefined): readonly [string, AudioBuffer] | undefined {
  return Object.entries(given ?? {}).find((entry): entry is [string, AudioBuffer] => entry[1] instanceof AudioBuffer)
}
