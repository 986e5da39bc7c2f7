import { FRAMES } from '../contract/frames.ts'

const SLOTS = 2 ** FRAMES.slot_bits
const HANDLES = SLOTS * 2 ** FRAMES.generation_bits

/**
 * A frame as a plain number: slot + generation · 2^20, below 2^40. The slot number counts over the whole pool:
 * slab · 1024 + place in the slab.
 */
export const handleFrom = (slot: number, generation: number): number => slot + generation * SLOTS
export const isHandle = (handle: number): boolean =>
  handle >= 0 && handle < HANDLES && slotOfHandle(handle) === handle - Math.floor(handle / SLOTS) * SLOTS
export const generationOfHandle = (handle: number): number => Math.floor(handle / SLOTS) | 0
/** By a product: `%` of what is no small integer costs as much as an exchange. */
export const slotOfHandle = (handle: number): number => (handle - Math.floor(handle / SLOTS) * SLOTS) | 0
