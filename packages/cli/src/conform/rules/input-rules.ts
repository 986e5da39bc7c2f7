import { type AnabranchError, AudioBuffer, type Values } from '@anabranch/plugin-sdk'
import { oddAudio, wrongValue } from '@anabranch/plugin-sdk/testing'
import type { Lab } from '../lab.ts'
import type { Rule } from '../rule.ts'
import { ran } from './output-rules.ts'

/** What a node does with what it is given, good or bad. */
export const INPUT_RULES: readonly Rule[] = [
  { id: 'C25', title: 'does not write to its inputs', silent: inputless, check: ran('C25') },
  { id: 'C26', title: 'copies what it keeps of an input', silent: soundless, check: keepsCopies },
  { id: 'C40', title: 'holds no more sets than it says', silent: holdless, check: holdsFew },
  {
    id: 'C60',
    title: 'refuses audio it cannot work with by a code, and goes on',
    silent: soundless,
    check: refusesOdd,
  },
  {
    id: 'C68',
    title: 'answers a wrong kind by a coded error of that set alone',
    silent: kindless,
    check: refusesWrong,
  },
  { id: 'C69', title: 'settles every set, and hides no failure', silent: inputless, check: settles },
]

/** What a set with something wrong may be answered with. */
const REFUSALS = ['ANB_INPUTS', 'ANB_AUDIO_FORMAT', 'ANB_MARSHALING']
/** What a host makes of a thrown value that has no code: it was the value, and not the node, that was wrong. */
const UNCODED = ['ANB_NODE_EXECUTION', 'ANB_PYTHON']

export function inputless(lab: Lab): string | undefined {
  return lab.sets.length > 0 ? undefined : 'it has no inputs'
}

function soundless(lab: Lab): string | undefined {
  if (!lab.harmless) return 'it is effectful'
  return audioOf(lab) === undefined ? 'it takes no audio' : undefined
}

function holdless(lab: Lab): string | undefined {
  return lab.form === 'operator' ? undefined : 'it is no operator'
}

/** Frames are used again as soon as the call is over: who reads one later is told so by its error. */
async function keepsCopies(lab: Lab): Promise<void> {
  for (const { failures, error } of [await lab.plain(), await lab.run({ pace: 'at-once' })]) {
    const stale = [...failures, error].find((one) => (one as AnabranchError | undefined)?.code === 'ANB_STALE_FRAME')
    if (stale !== undefined) throw lab.broken(`${stale.message}: copy() what it keeps, or context.retain(buffer)`)
  }
}

async function holdsFew(lab: Lab): Promise<void> {
  const most = lab.spec.maxHeld ?? 256
  const inputs = Array.from({ length: most + 8 }, (_, n) => lab.sets[n % lab.sets.length] as Values)
  const { error } = await lab.run({ inputs, pace: 'at-once' })
  if ((error as AnabranchError | undefined)?.code === 'ANB_HELD_LIMIT') throw lab.broken((error as Error).message)
}

function kindless(lab: Lab): string | undefined {
  if (!lab.harmless) return 'it is effectful'
  return lab.sets.length > 0 && wrongSets(lab).length > 0 ? undefined : 'its inputs take any value'
}

function audioOf({ sets }: Lab): readonly [string, AudioBuffer] | undefined {
  return Object.entries(sets[0] ?? {}).find((entry): entry is [string, AudioBuffer] => entry[1] instanceof AudioBuffer)
}

function oddSets(lab: Lab): (readonly [what: string, set: Values])[] {
  const found = audioOf(lab)
  if (found === undefined) return []
  const [key, good] = found
  return oddAudio(good, lab.spec.inputs?.[key]?.format).map(([what, odd]) => [what, { ...lab.sets[0], [key]: odd }])
}

function wrongSets(lab: Lab): (readonly [what: string, set: Values])[] {
  return Object.entries(lab.spec.inputs ?? {}).flatMap(([key, port]) => {
    const wrong = lab.sets[0]?.[key] === undefined ? undefined : wrongValue(port)
    return wrong === undefined
      ? []
      : [[`another kind of value under "${key}"`, { ...lab.sets[0], [key]: wrong }] as const]
  })
}

function refusesOdd(lab: Lab): Promise<void> {
  return answers(lab, oddSets(lab), REFUSALS)
}

function refusesWrong(lab: Lab): Promise<void> {
  return answers(lab, wrongSets(lab), [...REFUSALS, ...UNCODED], false)
}

/** Each bad set between good ones: it fails alone, by one of these codes, or is taken. */
async function answers(
  lab: Lab,
  bad: readonly (readonly [string, Values])[],
  codes: readonly string[],
  framed = true,
): Promise<void> {
  const good = lab.sets[0] as Values
  for (const [what, set] of bad) {
    const trial = await lab.open({ framed })
    try {
      await trial.send(good)
      await trial.quiet(lab.holds)
      // Of a node that refuses a good one too, a refusal says nothing.
      const before = trial.failures.length
      if (before > 0) return
      // What the entry of a pipeline refuses never reaches the node.
      const refused = await trial.send(set).then(
        () => false,
        () => true,
      )
      await trial.quiet(lab.holds)
      const [failure] = trial.failures.slice(before)
      if (failure !== undefined && !codes.includes(failure.code))
        throw lab.broken(`${what}: ${failure.code}, not ${codes.join(' or ')}: ${failure.message}`)
      const after = trial.failures.length
      await trial.send(good).catch(() => undefined)
      await trial.quiet(lab.holds)
      const lost = trial.failures.slice(after)[0] ?? trial.session.error
      if (!refused && lost !== undefined)
        throw lab.broken(`after ${what} it no longer takes what it took before: ${(lost as Error).message}`)
    } finally {
      await trial.close()
    }
  }
}

/** Everything is accounted for; where every good set gives something, a bad one that gives nothing was swallowed. */
async function settles(lab: Lab): Promise<void> {
  const { ledger, audit, failures } = await lab.plain()
  const [failure] = failures
  const told = failure?.code === 'ANB_PLUGIN' || lab.seen.some(({ rule }) => ['C6', 'C7', 'C14'].includes(rule))
  if (failure !== undefined && failures.length >= lab.sets.length && !told)
    throw lab.broken(
      `it refused every set that was made for it by its ports; if it is right, give some by --feed: ${failure.message}`,
    )
  if (!ledger.balanced || ledger.in_flight > 0) throw lab.broken(`the books do not balance: ${audit.join('; ')}`)
  const mayGiveNothing = lab.holds || lab.spec.filters === true || Object.keys(lab.spec.outputs ?? {}).length === 0
  if (mayGiveNothing) return
  if (ledger.filtered > 0)
    throw lab.broken(
      `${ledger.filtered} of ${ledger.accepted} sets gave nothing: say filters: true where that is meant`,
    )
  if (failures.length > 0 || !lab.harmless) return
  for (const [what, set] of [...oddSets(lab), ...wrongSets(lab)]) {
    const trial = await lab.open({ framed: false })
    try {
      await trial.send(set).catch(() => undefined)
      await trial.quiet(false)
      if (trial.session.ledger().filtered > 0)
        throw lab.broken(`${what}: it gave neither an output nor an error; throw what went wrong`)
    } finally {
      await trial.close()
    }
  }
}
