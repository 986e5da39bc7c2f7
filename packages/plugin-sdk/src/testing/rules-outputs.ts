import assert from 'node:assert/strict'
import type { NodeFactory } from '../contract/node-spec.ts'
import { describe, type Values } from '../values.ts'
import { fits } from './fits.ts'
import { overtaking } from './overtaking.ts'
import { rigOf } from './rig.ts'
import type { Rule } from './rule.ts'
import { ownCopies } from './same-value.ts'
import { assertSame, drained, feed, isHarmless, isRepeatable, runSubject, type Subject } from './subject.ts'

/** How long a node is watched after its end, in virtual ms. */
const WATCHED_MS = 120_000

/** What a node gives: keys, kinds, order, end, and the same again. */
export const OUTPUT_RULES: readonly Rule[] = [
  { id: 'C3', title: 'says the type and keys of its spec', check: sameIdentity },
  {
    id: 'C6',
    title: 'gives only the outputs it declares',
    check: async (subject) => {
      await runSubject(subject) // Which refuses any other key.
    },
  },
  { id: 'C7', title: 'gives values of the kinds it declares', check: rightKinds },
  {
    id: 'C15',
    title: 'keeps the order of its inputs',
    applies: (subject) => isRepeatable(subject) && subject.node.spec.ordered !== false,
    check: sameOrder,
  },
  { id: 'C17', title: 'gives nothing after its end', applies: isHarmless, check: silentAfterEnd },
  {
    id: 'C19',
    title: 'gives the same for the same',
    applies: isRepeatable,
    check: async (subject) => assertSame(await runSubject(subject), await runSubject(subject), 'a second instance'),
  },
  { id: 'C20', title: 'shares nothing between instances', applies: isRepeatable, check: separateInstances },
]

async function sameIdentity({ node, params }: Subject): Promise<void> {
  const { spec } = node
  const made = (node as unknown as NodeFactory).create(params)
  assert.equal(made.nodeType, spec.type, 'nodeType')
  if (made.inputKeys !== undefined) assert.deepEqual(made.inputKeys, Object.keys(spec.inputs ?? {}), 'inputKeys')
  if (made.outputKeys !== undefined) assert.deepEqual(made.outputKeys, Object.keys(spec.outputs ?? {}), 'outputKeys')
}

async function rightKinds(subject: Subject): Promise<void> {
  const ports = subject.node.spec.outputs ?? {}
  for (const [n, outputs] of (await runSubject(subject)).entries())
    for (const [key, value] of Object.entries(outputs)) {
      const port = ports[key]
      if (value === undefined || port === undefined) continue
      assert.ok(fits(port, value), `output ${n}: "${key}" is ${describe(value)}, not of the kind ${port.kind}`)
    }
}

async function sameOrder(subject: Subject): Promise<void> {
  const spaced = await runSubject(subject, { pace: 'spaced' })
  const at = overtaking(spaced, await runSubject(subject, { pace: 'at-once' }))
  assert.equal(at, undefined, `output ${at} overtook others when all inputs came at once`)
}

async function silentAfterEnd({ node, params, inputs }: Subject): Promise<void> {
  const rig = await rigOf(node, params)
  try {
    await feed(rig, inputs)
    const before = rig.events.length
    await rig.advance(WATCHED_MS)
    assert.equal(rig.events.length, before, 'outputs after the end')
  } finally {
    await rig.close()
  }
}

async function separateInstances(subject: Subject): Promise<void> {
  const { node, params, inputs } = subject
  const alone = await runSubject(subject)
  const [one, two] = await Promise.all([rigOf(node, params), rigOf(node, params)])
  try {
    for (const given of inputs) await drained(two, two.push(ownCopies(given)))
    const outputs: Values[] = [...(await feed(one, inputs))]
    assertSame(outputs, alone, 'beside another instance')
  } finally {
    await Promise.all([one.close(), two.close()])
  }
}
