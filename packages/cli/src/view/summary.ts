import { accountedFor, type Ledger, type Plan } from '@anabranch/runtime'
import type { RunResult } from '../run/run-result.ts'
import type { SlowestPath } from '../run/slowest-path.ts'
import { bytes } from '../text/bytes.ts'
import { grouped } from '../text/grouped.ts'
import type { Paint } from '../text/paint.ts'
import { wrap } from '../text/wrap.ts'
import { times } from './progress-line.ts'
import { duration } from './time-text.ts'

/** What is told at the end of a run, in lines of at most `columns`. */
export function summary(result: RunResult, plan: Plan, ledger: Ledger, paint: Paint, columns: number): string {
  const sound = result.ledger.balanced && result.ledger.in_flight === 0 && result.status !== 'interrupted'
  const mark = result.status === 'failed' ? paint.red('✗') : sound ? paint.green('✓') : paint.yellow('!')
  const rows: [string, string][] = [
    ['slowest', pathText(result.slowest_path)],
    ['ran', ranText(plan)],
    ...result.files.map((file, at): [string, string] => [
      at === 0 ? 'files' : '',
      `${file.path} (${bytes(file.bytes)})`,
    ]),
    ['took', timeText(result)],
  ]
  const width = Math.max(20, columns - 12)
  const lines = rows.flatMap(([title, text]) =>
    wrap(text, width).map((line, at) => `  ${paint.dim((at === 0 ? title : '').padEnd(8))}${line}`),
  )
  const [first = '', ...more] = wrap(`${accountedFor(ledger)}: ${fates(result)}`, columns - 4)
  return [`${mark} ${first}`, ...more.map((line) => `  ${line}`), ...lines, ''].join('\n')
}

/** In one line: for whoever reads logs. */
export function ledgerLine(result: RunResult, ledger: Ledger): string {
  return `${accountedFor(ledger)}: ${fates(result)}`
}

function fates({
  ledger: { accepted: _, balanced, in_flight, dropped: _all, dropped_by, ...rest },
}: RunResult): string {
  const dropped = Object.entries(dropped_by).map(([reason, n]) => [`dropped (${reason})`, n] as const)
  const known = [...Object.entries(rest), ...dropped].filter(([, n]) => (n as number) > 0) as [string, number][]
  const named = known.map(([name, n]) => `${grouped(n)} ${name.replace('_', '-')}`)
  return [...named, ...(in_flight > 0 ? [`${in_flight} in flight`] : []), balanced ? 'balanced' : 'NOT balanced'].join(
    ', ',
  )
}

function pathText({ steps, total_ms }: SlowestPath): string {
  const parts = steps.map(({ node, wait_ms, work_ms }, at) => {
    const work = work_ms > 0 ? ` ${duration(work_ms)}` : ''
    return at === 0 ? `${node}${work}` : `→ (waits ${duration(wait_ms)}) ${node}${work}`
  })
  return `${duration(total_ms)}: ${parts.join(' ')}`
}

const PLACES = { inline: 'in this process', thread: 'on a thread', process: 'in a process of its own' }

function ranText({ nodes }: Plan): string {
  const places = new Map<string, string[]>()
  for (const { id, runtime, where } of nodes) {
    const place = `${runtime} ${PLACES[where]}`
    places.set(place, [...(places.get(place) ?? []), id])
  }
  return [...places].map(([place, ids]) => `${ids.join(', ')}: ${place}`).join('; ')
}

function timeText({ total_time_ms, media_ms, latency_ms }: RunResult): string {
  const sound = media_ms > 0 ? `, ${times(media_ms / total_time_ms)} × real time` : ''
  const latency = latency_ms.count > 0 ? `; from source to sink ${duration(latency_ms.p50)} (median)` : ''
  return `${duration(total_time_ms)}${sound}${latency}`
}
