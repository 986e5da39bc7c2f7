import assert from 'node:assert/strict'
import { derivationOf } from '../derived.ts'
import type { Values } from '../values.ts'
import { type Rig, rigOf } from './rig.ts'
import type { Rule } from './rule.ts'
import { feed, formOf, isHarmless, type Subject } from './subject.ts'

const says = (lineage: 'each' | 'derived') => (subject: Subject) =>
  isHarmless(subject) && subject.node.spec.lineage === lineage && formOf(subject) === 'operator'

/** What an operator says of the inputs its outputs are made of: every set is settled, and once. */
export const LINEAGE_RULES: readonly Rule[] = [
  {
    id: 'C36',
    title: 'emits inside the call that gave the input, as lineage: each promises',
    applies: says('each'),
    check: insideCalls,
  },
  {
    id: 'C38',
    title: 'names the inputs of each output by derived(), each settled once',
    applies: says('derived'),
    check: settledOnce,
  },
]

/** Fed and flushed, virtual time included. */
async function fed({ node, params, inputs }: Subject, check: (rig: Rig) => void): Promise<void> {
  const rig = await rigOf(node, params)
  try {
    await feed(rig, inputs)
    check(rig)
  } finally {
    await rig.close()
  }
}

async function insideCalls(subject: Subject): Promise<void> {
  await fed(subject, ({ emissions }) => {
    const late = emissions.findIndex(({ inStep }) => !inStep)
    assert.equal(late, -1, `output ${late} came from a timer or a promise: say lineage: 'span' or 'derived'`)
  })
}

async function settledOnce(subject: Subject): Promise<void> {
  await fed(subject, ({ given, emissions }) => {
    const place = new Map<object, number>(given.map((record, n) => [record, n]))
    const settled = new Set<number>()
    for (const [n, { outputs }] of emissions.entries()) {
      const { more, empty } = derivationOf(outputs) ?? { more: false, empty: false }
      for (const set of setsOf(outputs, n, place)) {
        // Settling what is settled changes nothing; an output made of it would have no origin.
        assert.ok(
          empty || !settled.has(set),
          `output ${n} is made of set ${set}, which is settled already: say { more: true } before`,
        )
        if (!more) settled.add(set)
      }
    }
    const open = given.findIndex((_, n) => !settled.has(n))
    assert.equal(open, -1, `set ${open} was never settled: say derived(inputs) where nothing comes of it`)
  })
}

function setsOf(outputs: Values, n: number, place: ReadonlyMap<object, number>): readonly number[] {
  const derivation = derivationOf(outputs)
  assert.ok(derivation !== undefined, `output ${n} was not made by derived()`)
  return [...new Set(derivation.inputs)].map((record) => {
    const set = place.get(record)
    assert.ok(set !== undefined, `output ${n} names a record that the node was not given: hand on the object itself`)
    return set
  })
}
