import assert from 'node:assert/strict'
import { systemClock } from '../clock.ts'
import type { NodeFactory } from '../contract/node-spec.ts'
import { isAnabranchError } from '../errors/anabranch-error.ts'
import { makeBody } from '../make-body.ts'
import { knownKeys } from '../parse-params.ts'
import { rigOf } from './rig.ts'
import type { Rule } from './rule.ts'
import { ownCopies } from './same-value.ts'
import { assertSame, drained, feed, formOf, isHarmless, isRepeatable, runSubject, type Subject } from './subject.ts'

/** How long an interrupted execution may go on, in virtual and in real ms. */
const STOP_MS = 50

/** How a node lives: cleanup, reset, interruption, params. */
export const LIFE_RULES: readonly Rule[] = [
  {
    id: 'C42',
    title: 'prepares and cleans up without an error, also without any input',
    check: async ({ node, params }) => {
      const rig = await rigOf(node, params)
      await rig.close()
    },
  },
  {
    id: 'C43',
    title: 'is as new after reset',
    applies: (subject) =>
      isRepeatable(subject) &&
      formOf(subject) === 'execute' &&
      makeBody(subject.node, subject.params).reset !== undefined,
    check: asNew,
  },
  {
    id: 'C46',
    title: `ends within ${STOP_MS} ms of an interruption`,
    applies: (subject) =>
      isHarmless(subject) && subject.inputs.length > 0 && ['execute', 'stream'].includes(formOf(subject)),
    check: stopsInTime,
  },
  {
    id: 'C48',
    title: 'goes on after an interruption',
    applies: (subject) => isHarmless(subject) && subject.inputs.length > 0,
    check: goesOn,
  },
  { id: 'C54', title: 'refuses an unknown param with ANB_PARAMS', check: unknownParam },
]

async function asNew({ node, params, inputs }: Subject): Promise<void> {
  const rig = await rigOf(node, params)
  try {
    const outputs = await feed(rig, inputs)
    await rig.reset()
    assertSame(await feed(rig, inputs), outputs, 'after reset')
  } finally {
    await rig.close()
  }
}

/** Each set is interrupted as soon as it is at work; a node that ends by itself in time is as good as one that listens. */
async function stopsInTime({ node, params, inputs }: Subject): Promise<void> {
  const rig = await rigOf(node, params)
  try {
    for (const [n, given] of inputs.entries()) {
      const interrupted = rig.push(ownCopies(given)).catch(() => undefined)
      for (let turns = 0; turns < 4; turns++) await Promise.resolve() // It has begun.
      rig.cancel()
      await interrupted
      let over = false
      const ended = rig.ended().then(() => {
        over = true
      })
      await rig.advance(STOP_MS)
      let timer: unknown
      const limit = new Promise<void>((resolve) => {
        timer = systemClock.setTimeout(resolve, STOP_MS)
      })
      await Promise.race([ended, limit])
      systemClock.clearTimeout(timer)
      assert.ok(over, `C46: set ${n} is still at work ${STOP_MS} ms after its signal aborted`)
    }
  } finally {
    await rig.close()
  }
}

async function goesOn(subject: Subject): Promise<void> {
  const { node, params, inputs } = subject
  const rig = await rigOf(node, params)
  try {
    const interrupted = rig.push(ownCopies(inputs[0] ?? {}))
    await Promise.resolve() // It has begun.
    await Promise.resolve()
    rig.cancel()
    await drained(rig, interrupted)
    const outputs = await feed(rig, inputs)
    if (node.spec.purity === 'pure') assertSame(outputs, await runSubject(subject), 'after an interruption')
  } finally {
    await rig.close()
  }
}

const UNKNOWN = 'no_such_param'

async function unknownParam({ node, params }: Subject): Promise<void> {
  const factory = node as unknown as NodeFactory
  try {
    factory.create({ ...(params as object), [UNKNOWN]: 1 })
  } catch (error) {
    assert.ok(isAnabranchError(error), `${error} is not a coded error`)
    assert.equal(error.code, 'ANB_PARAMS')
    const paths = error.code === 'ANB_PARAMS' ? error.issues.map((issue) => issue.path) : []
    assert.ok(paths.includes(UNKNOWN), `its issues name ${paths.join(', ') || 'nothing'}, not ${UNKNOWN}`)
    return
  }
  // Where the schema cannot say what it knows, or takes any key, there is nothing to refuse.
  assert.equal(knownKeys(node.spec.params), undefined, `it took the param "${UNKNOWN}"`)
}
