// `npm run chaos -- [--scale 0.1] [--seed 1]`: the faults of test/fault in full counts: 300 kills, 50 stops of the server,
// 20 freezes, 50 kills of parents. It ends with 1 where something is unaccounted for, else writes docs/reliability.json.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { kills } from './kills.ts'
import { parentKills } from './parents.ts'
import { serverStops } from './stops.ts'

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' } },
})
const scale = Number(values.scale)
const seed = Number(values.seed)
const root = join(import.meta.dirname, '..', '..', '..')
const times = (count: number) => Math.max(1, Math.round(count * scale))
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

/** The value below which a share of them lies, whole ms. */
function percentile(given: readonly number[], share: number): number {
  const sorted = [...given].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0)
}
const spread = (ms: readonly number[]) => ({ p50: percentile(ms, 0.5), p99: percentile(ms, 0.99) })

let broken = 0
/** Notes a row; one whose checks do not hold is told, and nothing is written. */
function row<R extends object>(name: string, holds: boolean, result: R): R & { readonly holds: boolean } {
  process.stdout.write(`${holds ? '✓' : '✗'} ${name} ${JSON.stringify(result)}\n`)
  if (!holds) broken++
  return { holds, ...result }
}

async function killRow(
  window: number,
  count: number,
  type: 'WorkNode' | 'PureWorkNode',
  signal: 'SIGKILL' | 'SIGSTOP',
) {
  const { ledger, delivered, disordered, lost, readyMs } = await kills({
    window,
    count,
    type,
    seed: seed + window,
    signal,
  })
  const unaccounted = ledger.accepted - delivered - ledger.failed
  const most = Math.max(0, ...lost)
  const holds =
    ledger.balanced &&
    unaccounted === 0 &&
    disordered === 0 &&
    most <= window &&
    (type === 'WorkNode' || ledger.failed === 0)
  const items = { accepted: ledger.accepted, delivered, failed: ledger.failed, unaccounted, disordered }
  const name = `${count} × ${signal}, window ${window}, ${type}`
  return row(name, holds, {
    count,
    window,
    retried: type === 'PureWorkNode',
    ...items,
    lost_most: most,
    ready_ms: spread(readyMs),
  })
}

async function stopRow(how: 'stop' | 'freeze', count: number) {
  const { ledger, delivered, disordered, againMs, losses } = await serverStops({ count, seed, ms: 1000, how })
  const unaccounted = ledger.accepted - delivered - ledger.failed
  const holds = ledger.balanced && unaccounted === 0 && ledger.failed === 0 && disordered === 0 && losses === 0
  const items = { accepted: ledger.accepted, delivered, failed: ledger.failed, unaccounted, disordered }
  return row(`${count} × server ${how} of 1 s`, holds, {
    count,
    ...items,
    workers_lost: losses,
    again_ms: spread(againMs),
  })
}

async function parentRow(count: number) {
  const { survivors, files, goneMs } = await parentKills(count)
  return row(`${count} × parent killed`, survivors + files === 0, { count, survivors, files, gone_ms: spread(goneMs) })
}

const started = performance.now()
const kill_rows: object[] = []
for (const window of [1, 8, 32]) {
  kill_rows.push(await killRow(window, times(80), 'WorkNode', 'SIGKILL'))
  kill_rows.push(await killRow(window, times(20), 'PureWorkNode', 'SIGKILL'))
}
const report = {
  commit: git('rev-parse', 'HEAD'),
  changed: git('status', '--porcelain', '--untracked-files=no', ':!docs/reliability.json') !== '',
  seed,
  scale,
  node: process.version,
  machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
  kills: kill_rows,
  server_stops: [await stopRow('stop', times(40)), await stopRow('freeze', times(10))],
  worker_freezes: await killRow(8, times(20), 'WorkNode', 'SIGSTOP'),
  parent_kills: await parentRow(times(50)),
  minutes: 0,
}
report.minutes = Math.round((performance.now() - started) / 6000) / 10
if (broken > 0) process.stdout.write(`${broken} rows do not hold; docs/reliability.json is not written\n`)
else writeFileSync(join(root, 'docs', 'reliability.json'), `${JSON.stringify(report, null, 2)}\n`)
process.exit(broken > 0 ? 1 : 0)
