import { drawGraph, type Plan } from '@anabranch/runtime'
import { createLogUpdate } from 'log-update'
import type { Io } from '../io.ts'
import { paintFor } from '../text/paint.ts'
import { edgeTable, type Passed } from './edge-table.ts'
import { progressLine } from './progress-line.ts'
import type { RunView } from './run-view.ts'

/** In a terminal: the graph once, then lines that are written over. */
export function liveView(io: Io): RunView {
  const { stderr, env } = io
  const paint = paintFor(stderr, env)
  const update = createLogUpdate(stderr, { showCursor: true })
  let plan: Plan | null = null
  let before: Passed | null = null
  const aside = (write: () => void) => {
    update.clear()
    write()
  }
  return {
    everyMs: 100,
    begin(given) {
      plan = given
      const [drawing = ''] = drawGraph(given).split('\n\n')
      stderr.write(`\n  ${paint.bold(given.name)}\n\n${indented(drawing, columnsOf(stderr))}\n\n`)
    },
    show(moment) {
      if (plan === null) return
      const columns = columnsOf(stderr)
      const { lines, passed } = edgeTable(plan, moment.metrics, moment.ms, before, { columns, paint })
      // A rate over less than a second says little.
      if (before === null || moment.ms - before.ms >= 1000) before = passed
      const room = Math.max(3, (stderr.rows ?? 24) - 4)
      const shown =
        lines.length > room ? [...lines.slice(0, room - 1), `  … and ${lines.length - room + 1} more`] : lines
      update([progressLine(moment, columns, paint), '', ...shown].join('\n'))
    },
    say: (line) => aside(() => stderr.write(`${line}\n`)),
    aside,
    end: () => update.clear(),
  }
}

const columnsOf = ({ columns = 80 }: { readonly columns?: number }) => columns

function indented(drawing: string, columns: number): string {
  return drawing
    .split('\n')
    .map((line) => (line.length + 2 > columns ? `  ${line.slice(0, columns - 3)}…` : `  ${line}`))
    .join('\n')
}
