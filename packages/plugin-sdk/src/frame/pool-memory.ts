import { FRAMES } from '../contract/frames.ts'
import { LIMITS } from '../contract/limits.ts'
import { LimitExceededError } from '../errors/classes.ts'
import type { FramePoolOptions } from './frame-pool.ts'
import { SIZE_CLASSES } from './size-class.ts'

const GENERATIONS = 2 ** FRAMES.generation_bits
const BYTES_MIN = SIZE_CLASSES[0] as number
/** As many slabs of the smallest class as there are numbers for. */
const BYTES_MAX = 2 ** FRAMES.slot_bits * BYTES_MIN

/** Golden-section steps: generations of pools made one after another lie far apart. */
let nextGeneration = Math.floor(Math.random() * GENERATIONS)
const STEP = 648_055

/** How much memory a pool may have, and at which generation its slots start. @throws LimitExceededError */
export function poolMemory({ bytes = LIMITS.pool_bytes, startGeneration }: FramePoolOptions): {
  readonly bytes: number
  readonly generation: number
} {
  if (!(Number.isInteger(bytes) && bytes >= BYTES_MIN && bytes <= BYTES_MAX))
    throw new LimitExceededError(`a frame pool of ${bytes} bytes`, {
      limit: 'pool_bytes',
      fix: `give it ${BYTES_MIN} to ${BYTES_MAX} bytes`,
    })
  if (
    startGeneration !== undefined &&
    !(Number.isInteger(startGeneration) && startGeneration >= 0 && startGeneration < GENERATIONS)
  )
    throw new LimitExceededError(`a generation of ${startGeneration}`, {
      limit: 'generation_bits',
      fix: `give a whole number from 0 to ${GENERATIONS - 1}`,
    })
  nextGeneration = (nextGeneration + STEP) % GENERATIONS
  return { bytes, generation: startGeneration ?? nextGeneration }
}
