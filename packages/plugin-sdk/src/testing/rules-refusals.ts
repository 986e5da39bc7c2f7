import assert from 'node:assert/strict'
import { AudioBuffer } from '../audio-buffer.ts'
import { isAnabranchError } from '../errors/anabranch-error.ts'
import type { Values } from '../values.ts'
import { oddAudio } from './odd-audio.ts'
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

async function refusesInCode(subject: Subject): Promise<void> {
  const [first = {}] = subject.inputs
  const [key, good] = audioOf(first) as readonly [string, AudioBuffer]
  for (const [what, odd] of oddAudio(good, subject.node.spec.inputs?.[key]?.format)) {
    await refusedSet(subject, { what, given: { ...first, [key]: odd } }, (refused) => {
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
