import assert from 'node:assert/strict'
import type { AnabranchError } from '../errors/anabranch-error.ts'
import type { Values } from '../values.ts'
import { type Rig, rigOf } from './rig.ts'
import { ownCopies } from './same-value.ts'
import { drained, type Subject } from './subject.ts'

/** What a set of inputs is answered with, where it is an error. */
export async function errorOf(rig: Rig, given: Values): Promise<AnabranchError | undefined> {
  return drained(rig, rig.push(ownCopies(given))).then(
    () => undefined,
    (error: AnabranchError) => error,
  )
}

/**
 * Gives a new node of `subject` the set `bad`, and `check` the error that answers it, where one does. The set that the
 * node took before, it takes after it too.
 */
export async function refusedSet(
  { node, params, inputs }: Subject,
  bad: { readonly what: string; readonly given: Values },
  check: (refused: AnabranchError | undefined) => void,
): Promise<void> {
  const [first = {}] = inputs
  const rig = await rigOf(node, params)
  try {
    const before = await errorOf(rig, first)
    check(await errorOf(rig, bad.given))
    if (before !== undefined) return
    const after = await errorOf(rig, first)
    assert.equal(after, undefined, `after ${bad.what} it no longer takes what it took before: ${after?.message}`)
  } finally {
    await rig.close()
  }
}
