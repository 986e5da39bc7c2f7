import type { Clock } from '@anabranch/plugin-sdk'

const WINDOW_MS = 1000

/**
 * Lets so many lines a second pass, and counts the others: a node that prints a gigabyte is not to fill a disk with log.
 * `told` is told how many were left out, when the next ones pass.
 */
export function lineBudget(clock: Clock, most: number, told: (leftOut: number) => void): () => boolean {
  let since = clock.now()
  let passed = 0
  let leftOut = 0
  return () => {
    const now = clock.now()
    if (now - since >= WINDOW_MS) {
      if (leftOut > 0) told(leftOut)
      since = now
      passed = 0
      leftOut = 0
    }
    if (passed < most) {
      passed++
      return true
    }
    leftOut++
    return false
  }
}
