import type { Values } from '@anabranch/plugin-sdk'
import { systemClock } from '@anabranch/plugin-sdk/host'
import type { Lab } from '../lab.ts'
import type { Rule } from '../rule.ts'
import { inTime, sleep, Trial, type TrialResult } from '../trial.ts'
import { WorkTime } from '../watch/work-time.ts'
import { difference } from './compare.ts'
import { inputless } from './input-rules.ts'
import { ran, unrepeatable } from './output-rules.ts'

/** How a node lives: its end, its reset, interruption, and what is left of it. */
export const LIFE_RULES: readonly Rule[] = [
  { id: 'C42', title: 'prepares and cleans up without an error, also without any input', check: emptyLife },
  { id: 'C43', title: 'is as new after reset', silent: unreset, check: asNew },
  { id: 'C46', title: 'ends within 50 ms of an interruption', silent: uninterrupted, check: stops },
  { id: 'C48', title: 'goes on after an interruption', silent: uninterrupted, check: goesOn },
  { id: 'C50', title: 'answers failures by coded errors', silent: inputless, check: takesGood },
  { id: 'C70', title: 'releases every frame it retained', check: releases },
  { id: 'C71', title: 'leaves nothing running after its cleanup', silent: elsewhere, check: ran('C71') },
]

async function emptyLife(lab: Lab): Promise<void> {
  const trial = await lab.open()
  try {
    if (lab.form === 'source') await trial.session.close()
    else await inTime(trial.session.end(), 'a session without inputs did not end')
  } catch (error) {
    throw lab.broken(`a session without inputs: ${(error as Error).message}`)
  } finally {
    await trial.close()
  }
  await lab.close()
  lab.unseen('C42')
}

function unreset(lab: Lab): string | undefined {
  return lab.body.reset === undefined ? 'it has no reset' : unrepeatable(lab)
}

/** Two sessions of one executor: the second one gets the instance of the first, where it may serve again. */
async function asNew(lab: Lab): Promise<void> {
  // On a thread and in a process all sessions are of one, and the plain run was its first.
  if (lab.order.where !== 'inline') return sameAsNew(lab, [await lab.plain(), await lab.run()])
  const graph = await lab.graph()
  try {
    const results: TrialResult[] = []
    for (let n = 0; n < 2; n++) {
      const trial = await Trial.of(graph)
      await lab.feed(trial, lab.sets, 'spaced')
      results.push(await trial.end())
    }
    sameAsNew(lab, results)
  } finally {
    await graph.executor.close()
  }
}

function sameAsNew(lab: Lab, [first, second]: readonly TrialResult[]): void {
  const differs = first && second && difference(first, second)
  if (differs !== undefined) throw lab.broken(`in its second session: ${differs}`, 'reset')
}

function uninterrupted(lab: Lab): string | undefined {
  if (lab.form === 'source') return 'it is a source'
  return lab.harmless ? inputless(lab) : 'it is effectful'
}

/** Where a call takes so long, what is left of it after an interruption can be told from outside. */
const LONG_MS = 100
const STOP_MS = 50
/** A busy machine may be late once, and once more: what is the node's own is seen each time. */
const ATTEMPTS = 3

/** At work, then interrupted: what comes next must not wait for what nobody wants. */
async function stops(lab: Lab): Promise<void> {
  const [first] = lab.sets as [Values]
  const trial = await lab.open()
  const time = new WorkTime()
  /** 0 where most of it was a busy machine, which kept everything waiting. */
  const timed = async () => {
    const begun = time.now()
    await trial.send(first)
    await trial.quiet(lab.holds)
    const took = systemClock.now() - begun.wall
    return time.since(begun) > took / 2 ? took : 0
  }
  try {
    await timed()
    let alone = await timed()
    let [late, after] = [true, 0]
    // What is quick is told by the watch alone, at any of the attempts.
    for (let attempt = 0; attempt < ATTEMPTS && (late || alone < LONG_MS); attempt++) {
      await trial.send(first)
      await sleep(Math.min(10, alone / 4))
      trial.session.interrupt({ queued: true })
      after = await timed()
      const again = alone < LONG_MS ? alone : await timed()
      late &&= Math.min(alone, again) >= LONG_MS && after > STOP_MS + 1.3 * Math.max(alone, again)
      alone = again
    }
    if (late)
      throw lab.broken(
        `after an interruption the next set took ${Math.round(after)} ms; without one it takes ${Math.round(alone)} ms`,
      )
  } finally {
    time.stop()
    await trial.close()
  }
  lab.unseen('C46')
}

async function goesOn(lab: Lab): Promise<void> {
  const [first] = lab.sets as [Values]
  const trial = await lab.open()
  try {
    await trial.send(first)
    await sleep(1)
    trial.session.interrupt({ queued: true })
    const before = trial.failures.length
    await lab.feed(trial, lab.sets, 'spaced')
    const ended = await trial.end()
    const failures = ended.failures.slice(before)
    const error = failures[0] ?? trial.session.error
    if ((await lab.plain()).failures.length === 0 && error !== undefined)
      throw lab.broken(`after an interruption: ${error.message}`)
    const { balanced, in_flight } = ended.ledger
    if (!balanced || in_flight > 0) throw lab.broken(`after an interruption the books do not balance: ${ended.audit}`)
    const given = ended.outputs.length
    if (lab.spec.purity === 'pure' && given < (await lab.plain()).outputs.length)
      throw lab.broken(`after an interruption it gave ${given} outputs for ${lab.sets.length} sets`)
  } finally {
    await trial.close()
  }
}

/** What nobody can say of a node that refuses everything it is given. */
async function takesGood(lab: Lab): Promise<void> {
  const { failures } = await lab.plain()
  const odd = failures.find(({ code }) => typeof code !== 'string' || !code.startsWith('ANB_'))
  if (odd !== undefined) throw lab.broken(`a failure without a code: ${odd}`)
}

/** Nothing of a process or an addon can be seen from here. */
function elsewhere({ order }: Lab): string | undefined {
  return order.runtime === 'javascript' ? undefined : `what is left in ${order.runtime} code cannot be seen from here`
}

async function releases(lab: Lab): Promise<void> {
  const { framesLeft } = await lab.plain()
  await lab.close()
  const left = framesLeft()
  if (left > 0)
    throw lab.broken(`${left} frames that it retained were not released by its end: context.release(buffer)`)
}
