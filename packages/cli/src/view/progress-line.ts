import { grouped } from '../text/grouped.ts'
import type { Paint } from '../text/paint.ts'
import type { Moment } from './run-view.ts'
import { clockTime } from './time-text.ts'

/** How far the run is: a bar where the length of the input is known, else the time. */
export function progressLine({ position, ms, metrics }: Moment, columns: number, paint: Paint): string {
  const { ms: at, length } = position
  const speed = ms < 500 || at === 0 ? '' : `  ${times(at / ms)} × real time`
  if (length === null) {
    const items = `${grouped(metrics.ledger.accepted)} items in`
    return `  ${clockTime(ms)}  ${items}${at > 0 ? `  ${clockTime(at)} of sound${speed}` : ''}`
  }
  const part = length === 0 ? 1 : Math.min(1, at / length)
  const told = `${String(Math.floor(100 * part)).padStart(3)} %  ${clockTime(at)} of ${clockTime(length)}${speed}`
  const room = Math.max(0, Math.min(40, columns - told.length - 6))
  if (room < 8) return `  ${told}`
  const full = Math.round(room * part)
  return `  ${paint.green('━'.repeat(full))}${paint.dim('─'.repeat(room - full))}  ${told}`
}

export const times = (n: number) => (n >= 10 ? n.toFixed(0) : n.toFixed(1))
