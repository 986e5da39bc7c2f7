import { AssertionError } from 'node:assert'
import type { NodeRef } from '../contract/node-spec.ts'
import { makeBody } from '../make-body.ts'
import type { Values } from '../values.ts'
import { type Rig, rigOf } from './rig.ts'
import { ownCopies, sameOutputs } from './same-value.ts'

/** A node with the params and inputs of one case: what a rule looks at. */
export interface Subject {
  readonly node: NodeRef
  readonly params: unknown
  readonly inputs: readonly Values[]
}

/** How a run differs from the plain one: one set after another, each given as a copy. */
export interface RunOptions {
  readonly inputs?: readonly Values[]
  /** All sets at once, or each after everything that the one before set off. Default: each when the last is worked on. */
  readonly pace?: 'at-once' | 'spaced'
  /** After each set, on the record that was given. */
  readonly after?: (given: Values) => void
}

/** Everything that one new instance gives for the inputs, flush included, in memory of its own. */
export async function runSubject(subject: Subject, options: RunOptions = {}): Promise<readonly Values[]> {
  const rig = await rigOf(subject.node, subject.params)
  try {
    return await feed(rig, options.inputs ?? subject.inputs, options)
  } finally {
    await rig.close()
  }
}

/** Feeds and flushes a rig; virtual time runs as far as the node waits for it. @throws the first error of the node */
export async function feed(rig: Rig, inputs: readonly Values[], options: RunOptions = {}): Promise<readonly Values[]> {
  const copies: Values[] = []
  let seen = rig.events.length
  /** Copied as soon as a step is over: what follows may change what was lent. */
  const keep = () => {
    for (const event of rig.events.slice(seen)) {
      seen++
      if (event.kind === 'next') copies.push(ownCopies(event.outputs))
      if (event.kind === 'error') throw event.error
    }
  }
  const pushes = inputs.map((given) => async () => {
    const own = ownCopies(given)
    await rig.push(own)
    keep()
    options.after?.(own)
  })
  if (options.pace === 'at-once') await drained(rig, Promise.all(pushes.map((push) => push())))
  else
    for (const push of pushes) {
      await drained(rig, push())
      if (options.pace === 'spaced') await waitFor(rig, () => false)
    }
  await drained(rig, rig.flush())
  await waitFor(rig, () => rig.events.at(-1)?.kind === 'complete')
  keep()
  return copies
}

/** More virtual time than the test of a node needs. */
const MAX_MS = 60_000

/** Waits for `work`, letting virtual time run as far as it is waited for. */
export async function drained<T>(rig: Rig, work: Promise<T>): Promise<T> {
  let done = false
  const over = () => {
    done = true
  }
  work.then(over, over)
  await waitFor(rig, () => done)
  return work
}

async function waitFor(rig: Rig, done: () => boolean): Promise<void> {
  const { clock } = rig
  const end = clock.now() + MAX_MS
  await rig.advance(0)
  while (!done() && clock.next !== undefined && clock.next <= end) await rig.advance(clock.next - clock.now())
}

/** Which form the node has for these params. */
export function formOf({ node, params }: Subject): 'execute' | 'stream' | 'operator' | 'source' {
  const body = makeBody(node, params)
  return (['stream', 'operator', 'source'] as const).find((form) => body[form] !== undefined) ?? 'execute'
}

/** Whether running it once more hurts nobody. */
export function isHarmless({ node }: Subject): boolean {
  return node.spec.purity !== 'effectful'
}

/** Whether equal inputs must give equal outputs. */
export function isRepeatable(subject: Subject): boolean {
  return isHarmless(subject) && subject.node.spec.model !== true && formOf(subject) !== 'source'
}

/** Fails where two runs differ, naming the first output that does. */
export function assertSame(actual: readonly Values[], expected: readonly Values[], why: string): void {
  const at = expected.findIndex((outputs, n) => !sameOutputs(actual[n] ?? {}, outputs))
  if (at === -1 && actual.length === expected.length) return
  const found = `${actual.length} outputs, expected ${expected.length}`
  const message = at === -1 ? `${why}: ${found}` : `${why}: output ${at} differs (${found})`
  throw new AssertionError({ message, actual, expected, operator: 'sameOutputs', stackStartFn: assertSame })
}
