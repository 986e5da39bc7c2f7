import { isAnabranchError, ManifestError } from '@anabranch/plugin-sdk'
import { createExecutor, FATE, type Fate } from '@anabranch/runtime'
import { compare, highWater } from './compare.ts'
import { manifestOf, registryOf } from './manifest-of.ts'
import { type Planned, planOf } from './plan.ts'
import { type GraphSpec, randomFrom } from './spec.ts'
import { rootsOf, type Token } from './token.ts'
import { makeWorld } from './world.ts'

/** What one run showed. */
export interface Outcome {
  /** In words; empty where all held. */
  readonly violations: readonly string[]
  readonly steps: number
  readonly accepted: number
  readonly finished: boolean
  readonly stalled: boolean
  /** Nodes whose input sets were compared with the oracle. */
  readonly compared: number
  readonly fates: ReadonlyMap<Fate, number>
}

/**
 * Runs one random graph in virtual time and checks: every law after every step; each root's fate against a log of what
 * happened to the values (settled once, never before its last event, with the worst fate); in clean graphs each node's
 * input sets against the oracle; high water within `max`; that it ends, or stalls at a join that waits.
 */
export async function runGraph(spec: GraphSpec): Promise<Outcome> {
  const random = randomFrom(spec.seed ^ 0x5eed)
  const world = makeWorld(random)
  const plan = planOf(spec)
  const violations: string[] = []
  const note = (what: string) => violations.length < 5 && !violations.includes(what) && violations.push(what)
  const expected = new Map<number, Fate>()
  const settled = new Map<number, Fate>()
  const seen = new Map<number, number[]>()
  const keyed = new Map<string, number[]>()
  let steps = 0

  const cut = () => {
    const from =
      random() < 0.4
        ? undefined
        : [
            (
              plan.filter(({ sent }) => !sent)[
                Math.floor(random() * (plan.length - (spec.sent > 0 ? 1 : 0)))
              ] as Planned
            ).id,
          ]
    try {
      session.interrupt({ ...(from && { from }), queued: random() < 0.3 })
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error // It would split a zip: refused.
    }
  }
  const mischief = {
    strike: () => {
      if (spec.interrupts && random() < 0.01) cut()
      if (spec.faults && random() < 0.02) throw new Error('boom')
    },
    saw: (node: Planned, x: number, fresh: readonly (readonly [key: string, x: number])[]) => {
      seen.set(node.index, [...(seen.get(node.index) ?? []), x])
      for (const [key, one] of fresh) keyed.set(`${node.id}.${key}`, [...(keyed.get(`${node.id}.${key}`) ?? []), one])
    },
  }

  const executor = await createExecutor(manifestOf(plan), {
    registry: registryOf(plan, world, mischief),
    clock: world.clock,
    scheduler: world.scheduler,
    log: silent as never,
    random,
    probe: {
      accept: (id, values) => {
        for (const value of Object.values(values)) (value as Token).roots.push(id)
      },
      event: (value, fate) => {
        for (const id of new Set(rootsOf(value))) {
          if (settled.has(id)) note(`an event (${fate}) of root ${id} after it had settled`)
          expected.set(id, Math.max(expected.get(id) ?? 0, fate) as Fate)
        }
      },
      settle: (id, fate) => {
        if (settled.has(id)) note(`root ${id} settled twice`)
        settled.set(id, fate)
        const logged = expected.get(id) ?? FATE.filtered
        if (fate !== logged) note(`root ${id} settled as ${fate}, its values met ${logged}`)
      },
      step: () => {
        if (++steps > 200_000) throw new Error(`no end: ${JSON.stringify(spec)}`)
        for (const law of session.audit()) note(law)
        if (spec.interrupts && random() < 0.02) cut()
      },
    },
  })
  const session = await executor.open()
  session.outputs.subscribe({ error: () => undefined })

  let over: 'finished' | 'stalled' | 'failed' | null = null
  const end = (error?: unknown) => {
    if (error === undefined) over = 'finished'
    else if (isAnabranchError(error) && error.code === 'ANB_STALL') over = 'stalled'
    else over = 'failed'
    if (error !== undefined && !isAnabranchError(error)) note(`not a coded error: ${error}`)
  }
  const user = sender(plan, spec, random)
  let round = 0
  for (let quiet = 0; over === null && quiet < 4; round++) {
    if (round === spec.cancel && round > 0) session.cancel().then(() => end(session.error), end)
    if (spec.interrupts && random() < 0.03) cut()
    const sent = user?.(session as never) ?? 'done'
    // An entry whose readers have left takes nothing more.
    if ((sent === 'done' || quiet >= 2) && round >= 1 && !ended.has(session)) {
      ended.add(session)
      session.end().then(() => end(), end)
    }
    quiet = (await world.next()) || sent === 'sent' ? 0 : quiet + 1
  }
  await new Promise(setImmediate)
  for (const law of session.audit()) note(law)
  if (over === null) note('neither finished nor stalled')
  const { accepted, in_flight } = session.ledger()
  const failed = session.error
  if (over === 'finished' && in_flight > 0) note(`${in_flight} in flight after the end`)
  highWater(plan, executor.metrics().edges).map(note)
  const clean = !spec.interrupts && !spec.faults && !spec.drops && spec.cancel === 0
  // Where nothing else could run, an align went on without its partners; and what a node gives at its end may be moved to
  // a mark that it handed on before, which depends on when it was idle: the oracle has no such moments.
  const forced = Object.values(executor.metrics().nodes).some(
    ({ custom }) => custom.align_forced !== undefined || custom.moved_to_mark !== undefined,
  )
  const compared = over === 'finished' && clean && !forced ? compare(plan, seen, keyed, note) : 0
  if (over === 'finished' && clean && failed !== undefined) note(`a clean graph failed: ${failed}`)
  const closing = session.close()
  for (let quiet = 0; quiet < 4; ) quiet = (await world.next()) ? 0 : quiet + 1
  await closing
  for (const law of session.audit()) note(`after close: ${law}`)
  if (session.ledger().in_flight > 0) note('in flight after close')
  const fates = new Map<Fate, number>()
  for (const fate of settled.values()) fates.set(fate, (fates.get(fate) ?? 0) + 1)
  return { violations, steps, accepted, finished: over === 'finished', stalled: over === 'stalled', compared, fates }
}

const ended = new WeakSet<object>()
const silent = { child: () => silent, debug() {}, info() {}, warn() {}, error() {} }

type Sending = { trySend(inputs: object, at: object): boolean }

/** The user, who sends what the plan says, as fast as the session takes it. */
function sender(
  plan: readonly Planned[],
  spec: GraphSpec,
  random: () => number,
): ((session: Sending) => 'sent' | 'full' | 'done') | null {
  const items = plan.find(({ sent }) => sent)?.source
  if (items === undefined || !plan.some(({ from }) => from.some(([producer]) => plan[producer]?.sent))) return null
  let next = 0
  return (session) => {
    const item = items[next]
    if (item === undefined) return 'done'
    const survive = spec.interrupts && random() < 0.2
    const sent = session.trySend({ sent: { roots: [], x: item[1] } }, { pts: item[0], ...(survive && { survive }) })
    if (sent) next++
    return sent ? 'sent' : (session as { error?: unknown }).error === undefined && spec.cancel === 0 ? 'full' : 'done'
  }
}
