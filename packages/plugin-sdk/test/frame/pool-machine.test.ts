import { createPool, type FramePool } from '@anabranch/plugin-sdk/host'
import fc from 'fast-check'
import t from 'tap'
import { thrown } from '../coded.ts'

const SLOTS = 8
const GENERATIONS = 2 ** 20
const START = GENERATIONS - 2
const slotOf = (handle: number) => handle % GENERATIONS
const generationOf = (handle: number) => Math.floor(handle / GENERATIONS)

/** What a pool of 8 slots must do, written as a map and two counters. */
class Model {
  /** By handle: the writer, or how many readers. */
  readonly leased = new Map<number, 'writer' | number>()
  readonly ended: number[] = []
  readonly freedTimes = new Map<number, number>()
  double = 0
  stale = 0

  end(handle: number) {
    this.leased.delete(handle)
    this.ended.push(handle)
    this.freedTimes.set(slotOf(handle), (this.freedTimes.get(slotOf(handle)) ?? 0) + 1)
  }
}

type Kind = 'acquire' | 'publish' | 'retain' | 'release' | 'tryUnique' | 'double release' | 'stale' | 'foreign'
/** The handle is picked of those that fit, by `at`; `count` is for publish, retain and release. */
type Step = { readonly kind: Kind; readonly at: number; readonly count: number }

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom<Kind>(
      ...(['acquire', 'acquire', 'publish', 'retain', 'release', 'release', 'tryUnique'] as const),
      ...(['double release', 'stale', 'foreign'] as const),
    ),
    at: fc.nat(63),
    count: fc.integer({ min: 0, max: 4 }),
  }),
  { maxLength: 200, size: 'max' },
)

const picked = (list: readonly number[], at: number) => list[at % list.length]

function run(step: Step, model: Model, pool: FramePool, foreign: readonly number[]): void {
  const handle = picked([...model.leased.keys()], step.at)
  const ended = picked(model.ended, step.at)
  if (step.kind === 'acquire') acquire(model, pool)
  else if (step.kind === 'double release' && ended !== undefined) {
    thrown('ANB_STALE_FRAME', () => pool.release(ended))
    model.double += 1
  } else if (step.kind === 'stale' && ended !== undefined) {
    thrown('ANB_STALE_FRAME', () => pool.retain(ended))
    thrown('ANB_STALE_FRAME', () => pool.publish(ended, step.count))
    thrown('ANB_STALE_FRAME', () => pool.tryUnique(ended))
    model.stale += 3
  } else if (step.kind === 'foreign') {
    const other = picked(foreign, step.at) as number
    const before = pool.metrics.stale + pool.metrics.double_released
    for (const move of [pool.retain, pool.release, pool.tryUnique])
      thrown('ANB_STALE_FRAME', () => move.call(pool, other, 1))
    if (pool.metrics.stale + pool.metrics.double_released !== before + 3)
      throw new Error('a foreign handle is not counted')
    model.stale = pool.metrics.stale
    model.double = pool.metrics.double_released
  } else if (handle !== undefined) move(step, handle, model, pool)
}

function acquire(model: Model, pool: FramePool): void {
  const handle = pool.acquire(2048)
  if ((handle === null) !== (model.leased.size === SLOTS)) throw new Error('full is not full')
  if (handle === null) return
  if (model.leased.has(handle)) throw new Error('a leased slot was given again')
  if (generationOf(handle) !== (START + (model.freedTimes.get(slotOf(handle)) ?? 0)) % GENERATIONS)
    throw new Error('the generation does not count the frees')
  model.leased.set(handle, 'writer')
}

function move({ kind, count }: Step, handle: number, model: Model, pool: FramePool): void {
  const refs = model.leased.get(handle) as 'writer' | number
  if (kind === 'publish') {
    if (refs !== 'writer') {
      thrown('ANB_STALE_FRAME', () => pool.publish(handle, count))
      model.stale += 1
    } else {
      pool.publish(handle, count)
      if (count === 0) model.end(handle)
      else model.leased.set(handle, count)
    }
  } else if (kind === 'retain') {
    if (count === 0) thrown('ANB_LIMIT', () => pool.retain(handle, 0))
    else if (refs === 'writer') {
      thrown('ANB_STALE_FRAME', () => pool.retain(handle, count))
      model.stale += 1
    } else {
      pool.retain(handle, count)
      model.leased.set(handle, refs + count)
    }
  } else if (kind === 'release') {
    const leases = Math.max(1, count)
    const held = refs === 'writer' ? 1 : refs
    if (leases > held) {
      thrown('ANB_STALE_FRAME', () => pool.release(handle, leases))
      model.double += 1
    } else {
      pool.release(handle, leases)
      if (leases === held) model.end(handle)
      else model.leased.set(handle, held - leases)
    }
  } else if (kind === 'tryUnique') {
    if (refs === 'writer') {
      thrown('ANB_STALE_FRAME', () => pool.tryUnique(handle))
      model.stale += 1
    } else {
      if (pool.tryUnique(handle) !== (refs === 1)) throw new Error('unique is not what the model says')
      if (refs === 1) model.leased.set(handle, 'writer')
    }
  }
}

function compare(model: Model, pool: FramePool): void {
  const { leased, double_released, stale, free, slots } = pool.report()
  const found = Object.fromEntries(leased.map(({ handle, refs }) => [handle, refs]))
  const expected = Object.fromEntries(model.leased)
  if (
    JSON.stringify(found) !==
    JSON.stringify(
      Object.fromEntries(Object.entries(expected).sort(([a], [b]) => slotOf(Number(a)) - slotOf(Number(b)))),
    )
  )
    throw new Error(`leased: ${JSON.stringify(found)}, the model has ${JSON.stringify(expected)}`)
  if (double_released !== model.double || stale !== model.stale) throw new Error('the counters differ')
  if (free + leased.length !== slots) throw new Error('a slot is lost')
  for (const { refs, holders } of leased)
    if (holders[0] !== (refs === 'writer' ? 1 : refs)) throw new Error('the count of the holder differs')
}

t.test('a pool of 8 slots does what a map does, across the end of the generations', async (t) => {
  let deepest = 0
  fc.assert(
    fc.property(steps, (steps) => {
      const pool = createPool({ bytes: SLOTS * 2048, startGeneration: START })
      const other = createPool({ bytes: SLOTS * 2048, startGeneration: GENERATIONS / 2 })
      const foreign = Array.from({ length: SLOTS }, () => other.acquire(1) as number)
      const model = new Model()
      for (const step of steps) {
        run(step, model, pool, foreign)
        compare(model, pool)
      }
      deepest = Math.max(deepest, ...model.freedTimes.values())
    }),
    { numRuns: 150 },
  )
  t.ok(deepest > 3, 'generations went round')
})
