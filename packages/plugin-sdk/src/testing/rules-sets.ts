import assert from 'node:assert/strict'
import { isAnabranchError } from '../errors/anabranch-error.ts'
import type { Values } from '../values.ts'
import { errorOf, refusedSet } from './refused-set.ts'
import { rigOf } from './rig.ts'
import type { Rule } from './rule.ts'
import { drained, formOf, isHarmless, type Subject } from './subject.ts'
import { wrongValue } from './wrong-value.ts'

/** What becomes of each set: of one that is not as declared, and of one that is. */
export const SET_RULES: readonly Rule[] = [
  {
    id: 'C68',
    title: 'answers inputs that are wrong, missing or left out by a coded error of that set alone',
    applies: (subject) => isHarmless(subject) && badSets(subject).length > 0,
    check: failsAlone,
  },
  {
    id: 'C69',
    title: 'settles every set, and says so where one gives nothing',
    applies: (subject) => isHarmless(subject) && subject.inputs.length > 0 && formOf(subject) === 'execute',
    check: settlesSets,
  },
]

/** What a set with something wrong may be answered with, where it is not simply taken. */
const REFUSALS = ['ANB_INPUTS', 'ANB_AUDIO_FORMAT', 'ANB_MARSHALING']
/** What a host makes of a thrown value that has no code: it was the value, and not the node, that was wrong. */
const UNCODED = ['ANB_NODE_EXECUTION', 'ANB_PYTHON']

interface BadSet {
  readonly what: string
  readonly given: Values
  readonly codes: readonly string[]
  /** Nothing else than a refusal that names this key will do. */
  readonly missing?: string
}

function badSets({ node, inputs }: Subject): BadSet[] {
  const [first] = inputs
  if (first === undefined) return []
  return Object.entries(node.spec.inputs ?? {}).flatMap(([key, port]): BadSet[] => {
    const { [key]: value, ...rest } = first
    if (value === undefined) return []
    const wrong = wrongValue(port)
    const sets: BadSet[] = []
    if (wrong !== undefined) {
      const what = `another kind of value under "${key}"`
      sets.push({ what, given: { ...rest, [key]: wrong }, codes: [...REFUSALS, ...UNCODED] })
    }
    const others = Object.keys(rest).some((name) => node.spec.inputs?.[name]?.mode !== 'control')
    if (port.mode === 'required' && others)
      sets.push({ what: `a set without "${key}"`, given: rest, codes: REFUSALS, missing: key })
    if (port.mode === 'optional' && others)
      sets.push({ what: `a set without the optional "${key}"`, given: rest, codes: REFUSALS })
    return sets
  })
}

async function failsAlone(subject: Subject): Promise<void> {
  for (const bad of badSets(subject)) {
    const { what, codes, missing } = bad
    await refusedSet(subject, bad, (refused) => {
      const code = isAnabranchError(refused) ? refused.code : 'no code'
      assert.ok(
        refused === undefined ? missing === undefined : codes.includes(code),
        `${what}: ${refused === undefined ? 'it was taken' : `${code}, not ${codes.join(', ')}: ${refused.message}`}`,
      )
      if (missing !== undefined)
        assert.equal((refused as { key?: string }).key, missing, `${what}: the key of the error`)
    })
  }
}

/**
 * What a host counts must add up: taken = produced + absorbed + filtered + failed. A set that comes to no end is refused by
 * the rig; one that gives nothing is absorbed where time goes on over sets, and else filtered, which the spec must say.
 */
async function settlesSets({ node, params, inputs }: Subject): Promise<void> {
  const { time = 'keep', filters, outputs = {} } = node.spec
  const mayGiveNothing = time !== 'keep' || filters === true || Object.keys(outputs).length === 0
  const rig = await rigOf(node, params)
  try {
    for (const [n, given] of inputs.entries()) {
      const [taken, emitted] = [rig.given.length, rig.emissions.length]
      const refused = await errorOf(rig, given)
      if (refused?.code === 'ANB_LIMIT') throw refused
      if (refused !== undefined || rig.given.length === taken || mayGiveNothing) continue
      const came = rig.emissions.slice(emitted).some((emission) => hasValue(emission.outputs))
      assert.ok(came, `set ${n} gave nothing: say filters: true, so that hosts warn before one side of a zip`)
    }
    await drained(rig, rig.flush())
  } finally {
    await rig.close()
  }
}

const hasValue = (outputs: Values) => Object.values(outputs).some((value) => value !== undefined)
