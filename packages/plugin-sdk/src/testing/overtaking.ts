import type { Values } from '../values.ts'
import { sameOutputs } from './same-value.ts'

/**
 * With all the time it wants between two inputs, a node cannot mix them up; given at once, they must come in that order
 * too. Gives the first output that does not; undefined where there is none. Outputs that occur in one of the two runs
 * alone (a window cut elsewhere) say nothing.
 */
export function overtaking(spaced: readonly Values[], atOnce: readonly Values[]): number | undefined {
  const used = new Set<number>()
  let next = 0
  for (const [n, outputs] of atOnce.entries()) {
    const places = [...spaced.keys()].filter((at) => !used.has(at) && sameOutputs(spaced[at] ?? {}, outputs))
    const place = places.find((at) => at >= next)
    if (place === undefined && places.length > 0) return n
    if (place === undefined) continue
    used.add(place)
    next = place + 1
  }
  return undefined
}
