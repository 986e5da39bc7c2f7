import { drawGraph } from '@anabranch/runtime'
import type { Io } from '../io.ts'
import { grouped } from '../text/grouped.ts'
import type { Moment, RunView } from './run-view.ts'
import { clockTime } from './time-text.ts'

const STEP = 0.25
const QUIET_MS = 10_000

/** Where lines cannot be written over: the graph, then a line at each quarter, or every ten seconds where no end is known. */
export function plainView({ stderr }: Io): RunView {
  let told = 0
  const say = (line: string) => void stderr.write(`${line}\n`)
  return {
    everyMs: 250,
    begin(plan) {
      const [drawing = ''] = drawGraph(plan).split('\n\n')
      say(`${plan.name}\n\n${drawing}\n`)
    },
    show(moment) {
      const step = stepOf(moment)
      if (step <= told) return
      told = step
      say(lineOf(moment))
    },
    say,
    aside: (write) => write(),
    end: () => undefined,
  }
}

function stepOf({ position: { ms, length }, ms: since }: Moment): number {
  return length === null ? Math.floor(since / QUIET_MS) : Math.floor(ms / length / STEP)
}

function lineOf({ position: { ms, length }, ms: since, metrics }: Moment): string {
  if (length !== null)
    return `${Math.floor((100 * Math.min(ms, length)) / length)} %  ${clockTime(ms)} of ${clockTime(length)}`
  return `${clockTime(since)}  ${grouped(metrics.ledger.accepted)} items in`
}
