import { availableParallelism } from 'node:os'
import { Conformer, type Order } from './conformer.ts'
import type { RuleResult } from './order.ts'

/** Most of a look is waiting. */
const AT_ONCE = Math.min(2, availableParallelism())

interface Wanted {
  readonly order: Order
  readonly tell: (found: Promise<RuleResult[]>) => void
}

/** What comes of each, in their order; of a node that cannot be looked at, why. */
export function lookAtAll(orders: readonly Order[]): Promise<RuleResult[]>[] {
  const wanted: Wanted[] = []
  const found = orders.map((order) => new Promise<RuleResult[]>((tell) => void wanted.push({ order, tell })))
  for (const one of found) one.catch(() => undefined) // Whoever reads it meets it.
  // Those that share a folder one after the other: they share a process.
  wanted.sort((a, b) => Number(a.order.madeUp) - Number(b.order.madeUp))
  for (let n = 0; n < AT_ONCE; n++) void work(wanted)
  return found
}

async function work(wanted: Wanted[]): Promise<void> {
  const conformer = new Conformer()
  for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
    const found = conformer.look(next.order)
    next.tell(found)
    await found.catch(() => undefined)
  }
  conformer.end()
}
