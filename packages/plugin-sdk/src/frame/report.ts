import { FRAMES } from '../contract/frames.ts'
import type { FrameReport, LeasedFrame } from './frame-pool.ts'
import { handleFrom } from './handle.ts'
import type { Head } from './head.ts'
import { QUARANTINED } from './head.ts'
import { countAt, givenAt } from './slab.ts'
import type { Slot, SlotOwner } from './slot.ts'
import type { SlotTable } from './slot-table.ts'
import { generationOf, refsOf, WRITER } from './word.ts'

/** How a slot is leased; null where it is free. */
export function leasedFrame(slot: Slot): LeasedFrame | null {
  const word = Atomics.load(slot.words, slot.at)
  const refs = refsOf(word)
  if (refs === 0) return null
  const handle = handleFrom(slot.number, generationOf(word))
  const stack = slot.owner.leaks?.stackOf(handle)
  return {
    handle,
    slab: slot.slab.description.id,
    bytes: slot.byteLength,
    refs: refs === WRITER ? 'writer' : refs,
    holders: holdersOf(slot),
    ...(slot.by !== '' && slot.byGeneration === generationOf(word) && { by: slot.by }),
    ...(stack !== undefined && { stack }),
  }
}

function holdersOf(slot: Slot): Record<number, number> {
  const holders: Record<number, number> = {}
  for (let holder = 0; holder < FRAMES.holders; holder += 1) {
    const leases = leasesOf(slot, holder)
    if (leases !== 0) holders[holder] = leases
  }
  return holders
}

export function leasesOf(slot: Slot, holder: number): number {
  const { slots } = slot.slab.description
  return (
    Atomics.load(slot.leases, countAt(slots, holder, slot.place)) +
    Atomics.load(slot.leases, givenAt(slots, holder, slot.place))
  )
}

/** Slots with leases of holders in quarantine. */
export function countQuarantined(table: SlotTable, head: Head): number {
  const holders = Array.from({ length: FRAMES.holders }, (_, holder) => holder).filter(
    (holder) => head.stateOf(holder) === QUARANTINED,
  )
  if (holders.length === 0) return 0
  let slots = 0
  for (const slot of table.all()) if (holders.some((holder) => leasesOf(slot, holder) > 0)) slots += 1
  return slots
}

export function reportOf(table: SlotTable, head: Head, { metrics }: SlotOwner): FrameReport {
  let slots = 0
  let bytes = 0
  const leased: LeasedFrame[] = []
  for (const slot of table.all()) {
    slots += 1
    bytes += slot.byteLength
    const frame = leasedFrame(slot)
    if (frame !== null) leased.push(frame)
  }
  return {
    slots,
    bytes,
    free: slots - leased.length,
    leased,
    quarantined: countQuarantined(table, head),
    unpooled: metrics.frames_unpooled,
    double_released: metrics.double_released,
    stale: metrics.stale,
  }
}
