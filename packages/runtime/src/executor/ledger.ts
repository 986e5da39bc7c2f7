import { DROP_REASONS, type DropReason, FATE } from '../edges/fate.ts'
import type { Engine } from './engine.ts'
import { lawViolations, rootsInFlight } from './laws.ts'

/**
 * What became of every input, in roots: accepted = delivered + filtered + Σ dropped + cancelled + dead_lettered +
 * failed + in_flight, at every moment. `balanced` says that this law and those of every edge and node hold.
 */
export interface Ledger {
  readonly accepted: number
  readonly delivered: number
  readonly filtered: number
  readonly dropped: Readonly<Record<DropReason, number>>
  readonly cancelled: number
  readonly dead_lettered: number
  readonly failed: number
  readonly in_flight: number
  readonly balanced: boolean
}

export function ledgerOf(engine: Engine): Ledger {
  const { accepted, settled } = engine.roots
  return ledgerFrom(accepted, settled, rootsInFlight(engine), lawViolations(engine).length === 0)
}

/** Of counts by fate. */
export function ledgerFrom(accepted: number, settled: readonly number[], inFlight: number, balanced: boolean): Ledger {
  const count = (fate: number) => settled[fate] as number
  return {
    accepted,
    delivered: count(FATE.delivered),
    filtered: count(FATE.filtered),
    dropped: Object.fromEntries(DROP_REASONS.map((reason) => [reason, count(FATE[reason])])) as Record<
      DropReason,
      number
    >,
    cancelled: count(FATE.cancelled),
    dead_lettered: count(FATE.deadLettered),
    failed: count(FATE.failed),
    in_flight: inFlight,
    balanced,
  }
}

/** "accounted for 1,843 of 1,843": what has a fate or is in flight, of what was accepted. */
export function accountedFor(ledger: Ledger): string {
  const dropped = Object.values(ledger.dropped).reduce((sum, n) => sum + n, 0)
  const known =
    ledger.delivered +
    ledger.filtered +
    dropped +
    ledger.cancelled +
    ledger.dead_lettered +
    ledger.failed +
    ledger.in_flight
  const format = (n: number) => n.toLocaleString('en-US')
  return `accounted for ${format(known)} of ${format(ledger.accepted)}`
}
