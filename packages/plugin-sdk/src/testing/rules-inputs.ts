import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { AudioBuffer } from '../audio-buffer.ts'
import type { Values } from '../values.ts'
import type { Rule } from './rule.ts'
import { assertSame, formOf, isRepeatable, runSubject, type Subject } from './subject.ts'

/** What a node does with its inputs. */
export const INPUT_RULES: readonly Rule[] = [
  {
    id: 'C25',
    title: 'does not write to its inputs',
    applies: (subject) => subject.inputs.length > 0,
    check: unwritten,
  },
  {
    id: 'C26',
    title: 'copies what it keeps of an input',
    applies: (subject) => isRepeatable(subject) && formOf(subject) === 'execute',
    check: keepsCopies,
  },
]

async function unwritten(subject: Subject): Promise<void> {
  const given: Values[] = []
  await runSubject(subject, { after: (record) => given.push(record) })
  for (const [n, record] of given.entries())
    for (const [key, value] of Object.entries(record))
      assert.ok(isDeepStrictEqual(value, subject.inputs[n]?.[key]), `input "${key}" of set ${n} was written to`)
}

async function keepsCopies(subject: Subject): Promise<void> {
  const outputs = await runSubject(subject)
  assertSame(await runSubject(subject, { after: spoil }), outputs, 'inputs that are gone after their execution')
}

/** Overwrites the memory that was lent. */
function spoil(given: Values): void {
  for (const value of Object.values(given)) {
    const memory = value instanceof AudioBuffer ? value.samples : value
    if (ArrayBuffer.isView(memory)) new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength).fill(0x55)
  }
}
