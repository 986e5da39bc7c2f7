import assert from 'node:assert/strict'
import { AudioBuffer } from '../audio-buffer.ts'
import type { NodeFactory } from '../contract/node-spec.ts'
import type { Port } from '../ports.ts'
import { describe, type PcmBuffer, type Tensor, type Values } from '../values.ts'
import { rigOf } from './rig.ts'
import type { Rule } from './rule.ts'
import { ownCopies, sameOutputs } from './same-value.ts'
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

function fits(port: Port, value: unknown): boolean {
  switch (port.kind as string) {
    case 'audio':
      return value instanceof AudioBuffer
    case 'text':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number'
    case 'bytes':
      return value instanceof Uint8Array
    case 'pcm':
      return ArrayBuffer.isView((value as PcmBuffer | null)?.samples)
    case 'tensor':
      return isTensor(value as Tensor | null)
    case 'json':
      return isJson(port, value)
    default:
      return true // A kind of somebody else's says nothing of its values.
  }
}

function isTensor(value: Tensor | null): boolean {
  if (!ArrayBuffer.isView(value?.data) || !Array.isArray(value.shape)) return false
  return value.shape.reduce((product: number, size: number) => product * size, 1) === value.data.length
}

function isJson(port: Port, value: unknown): boolean {
  const result = port.schema?.['~standard'].validate(value)
  return result === undefined || 'then' in result || result.issues === undefined
}

/**
 * With all the time it wants between two inputs, a node cannot mix them up; given at once, they must come in that order
 * too. Outputs that occur in one of the two runs alone (a window cut elsewhere) say nothing.
 */
async function sameOrder(subject: Subject): Promise<void> {
  const spaced = await runSubject(subject, { pace: 'spaced' })
  const atOnce = await runSubject(subject, { pace: 'at-once' })
  const used = new Set<number>()
  let next = 0
  for (const [n, outputs] of atOnce.entries()) {
    const places = [...spaced.keys()].filter((at) => !used.has(at) && sameOutputs(spaced[at] ?? {}, outputs))
    const place = places.find((at) => at >= next)
    assert.ok(place !== undefined || places.length === 0, `output ${n} overtook others when all inputs came at once`)
    if (place === undefined) continue
    used.add(place)
    next = place + 1
  }
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
