import { LimitExceededError, StaleFrameError, WorkerLostError } from '../errors/classes.ts'
import { handleFrom } from './handle.ts'
import { countAt, givenAt } from './slab.ts'
import type { Slot } from './slot.ts'
import {
  DONE,
  FREED,
  FULL,
  generationOf,
  type Outcome,
  publishWord,
  READERS_MAX,
  REFUSED,
  refsOf,
  releaseWord,
  retainWord,
  STALE,
  uniqueWord,
  WRITER,
  wordOf,
} from './word.ts'

/* The moves of a slot with their errors. What is refused changed nothing, and is counted. */

export function publish(slot: Slot, generation: number, readers: number): void {
  checkCount(readers, 0)
  if (readers === 0) {
    if (!isWriter(slot, generation)) throw refused(slot, generation, heldAs(slot, generation), 'publish')
    return release(slot, generation, 1)
  }
  ensure(slot, 1)
  const outcome = publishWord(slot.words, slot.at, slot.leases, slot.mine, generation, readers)
  if (outcome !== DONE) throw refused(slot, generation, outcome, 'publish')
}

export function retain(slot: Slot, generation: number, readers: number): void {
  checkCount(readers, 1)
  const outcome = retainWord(slot.words, slot.at, slot.leases, slot.mine, generation, readers)
  if (outcome !== DONE) throw refused(slot, generation, outcome, 'retain')
}

export function release(slot: Slot, generation: number, leases: number): void {
  checkCount(leases, 1)
  ensure(slot, leases)
  const outcome = releaseWord(slot.words, slot.at, slot.leases, slot.mine, generation, leases)
  if (outcome === FREED) slot.slab.setFree(slot.place)
  else if (outcome !== DONE) throw released(slot, generation)
}

export function tryUnique(slot: Slot, generation: number): boolean {
  ensure(slot, 1)
  const outcome = uniqueWord(slot.words, slot.at, slot.leases, slot.mine, generation)
  if (outcome === DONE) return true
  if (outcome === REFUSED && refsOf(Atomics.load(slot.words, slot.at)) !== WRITER) return false
  throw refused(slot, generation, outcome, 'tryUnique')
}

/** Whether this thread's lease is the writer's. There is one writer, so nobody else changes the answer. */
export function isWriter(slot: Slot, generation: number): boolean {
  if (slot.words[slot.at] !== wordOf(generation, WRITER)) return false
  ensure(slot, 1)
  return (slot.leases[slot.mine] as number) > 0
}

/** What this thread may not publish is either published, or none of its own. */
function heldAs(slot: Slot, generation: number): Outcome {
  const word = Atomics.load(slot.words, slot.at)
  const held = refsOf(word) !== 0 && (slot.leases[slot.mine] as number) > 0
  return held && generationOf(word) === generation ? REFUSED : STALE
}

/** Takes over what other threads gave, where this thread's own count is too low. */
function ensure(slot: Slot, leases: number): void {
  if ((slot.leases[slot.mine] as number) >= leases) return
  const given = Atomics.exchange(slot.leases, slot.given, 0)
  slot.leases[slot.mine] = (slot.leases[slot.mine] as number) + given
}

/**
 * Moves leases from this holder to another. `alive` says whether that holder is; it is asked again afterwards, since a
 * reclaim in a third thread may have passed already, and then whoever of the two takes the leases off gets them.
 */
export function give(slot: Slot, generation: number, to: number, leases: number, alive: () => boolean): void {
  checkCount(leases, 1)
  ensure(slot, leases)
  const held = slot.leases[slot.mine] as number
  if (held < leases || generationOf(slot.words[slot.at] as number) !== generation)
    throw refused(slot, generation, STALE, 'give')
  if (!alive()) throw ended(to)
  const theirs = givenAt(slot.slab.description.slots, to, slot.place)
  slot.leases[slot.mine] = held - leases
  Atomics.add(slot.leases, theirs, leases)
  if (alive()) return
  const found = Atomics.load(slot.leases, theirs)
  if (found < leases || Atomics.compareExchange(slot.leases, theirs, found, found - leases) !== found) return
  slot.leases[slot.mine] = held
  throw ended(to)
}

/** Gives back what a holder that has ended had of a slot. Gives how many leases that were. */
export function takeBack(slot: Slot, holder: number): number {
  const { slots } = slot.slab.description
  const theirs = countAt(slots, holder, slot.place)
  const given = Atomics.exchange(slot.leases, givenAt(slots, holder, slot.place), 0)
  const leases = (slot.leases[theirs] as number) + given
  if (leases === 0) return 0
  slot.leases[theirs] = leases
  const generation = generationOf(Atomics.load(slot.words, slot.at))
  if (releaseWord(slot.words, slot.at, slot.leases, theirs, generation, leases) === FREED) slot.slab.setFree(slot.place)
  return leases
}

/** The error of reading samples after the lease has ended. */
export function staleRead(slot: Slot, generation: number): Error {
  return refused(slot, generation, STALE, 'samples')
}

function checkCount(count: number, least: number): void {
  if ((count | 0) === count && count >= least && count <= READERS_MAX) return
  throw new LimitExceededError(`${count} leases of a frame is not in ${least}–${READERS_MAX}`, {
    limit: 'readers_max',
    fix: `a frame has at most ${READERS_MAX} readers: copy it for more`,
  })
}

const ended = (holder: number) =>
  new WorkerLostError(`a frame was given to holder ${holder} of the pool, which has ended or never was`, {
    fix: 'keep the lease, or give it to a thread that is attached',
  })

function released(slot: Slot, generation: number): Error {
  slot.owner.metrics.double_released += 1
  return new StaleFrameError(`frame ${name(slot, generation)} was released, and this thread had no such lease of it`, {
    fix: 'release each lease once, in the thread that holds it',
  })
}

/** The error of a move, counted. */
function refused(slot: Slot, generation: number, outcome: Outcome, move: string): Error {
  if (outcome === FULL)
    return new LimitExceededError(`${move} of frame ${name(slot, generation)} is above ${READERS_MAX} readers`, {
      limit: 'readers_max',
      fix: 'copy it for more',
    })
  slot.owner.metrics.stale += 1
  const why = outcome === REFUSED ? WHY_REFUSED[move] : 'its lease has ended, or is not of this thread'
  return new StaleFrameError(`${move} of frame ${name(slot, generation)}: ${why}`, {
    fix:
      outcome === REFUSED
        ? 'publish once, then retain'
        : 'use a frame while its lease lasts, and copy() what must outlive it',
  })
}

const WHY_REFUSED: Readonly<Record<string, string>> = {
  publish: 'it is published already',
  retain: 'it is still being written',
  tryUnique: 'it is being written already',
}

function name(slot: Slot, generation: number): string {
  const by = slot.byGeneration === generation && slot.by !== '' ? `, of ${slot.by}` : ''
  return `${handleFrom(slot.number, generation)} (slot ${slot.number}${by})`
}
