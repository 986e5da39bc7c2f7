import { relative } from 'node:path'
import { accountedFor } from '@anabranch/runtime'
import type { Run } from '../run.ts'
import { type Claim, counted, framesIn, framesOut } from '../verdict.ts'
import { nodeTable } from './node-table.ts'
import type { Terminal } from './terminal.ts'
import { decibels, wave } from './wave.ts'

export interface ReportOptions {
  readonly terminal: Terminal
  readonly claims: readonly Claim[]
  readonly total: number
  readonly out: string
  /** Of the recording. */
  readonly seconds: number
}

const WIDTH = 50

/** What a run did, in words that can be checked. */
export function report(run: Run, { terminal, claims, total, out, seconds }: ReportOptions): string {
  const { paint } = terminal
  const { dim } = paint
  const mark = (name: Claim['name']) =>
    claims.find((claim) => claim.name === name)?.holds ? paint.green('✓') : paint.red('✗')
  const row = (name: string, { frames, peak }: Run['before']) =>
    `  ${name}  ${paint.green(wave(frames, total, WIDTH).padEnd(WIDTH))}  ${dim(peakOf(peak))}`
  const lines = [
    row('in ', run.before),
    row('out', run.after),
    '',
    ...nodeTable(run, terminal),
    '',
    `  ${mark('frames')} ${framesIn(run)}${framesIn(run) < total ? ` of ${total}` : ''} frames in, ${framesOut(run)} frames out`,
    `  ${mark('ledger')} ${accountedFor(run.ledger)}: ${fates(run)}`,
    `  ${mark('memory')} Rust     ${memory(run)}`,
    `  ${mark('broker')} Python   ${broker(run)}`,
    '',
    `  ${time(run, (seconds * framesOut(run)) / total)}`,
    ...(framesOut(run) > 0 ? [`  ${dim('written')}  ${relative('', out) || out}`] : []),
    '',
  ]
  return `${lines.join('\n')}\n`
}

const peakOf = (peak: number) => (peak > 0 ? `peak ${decibels(peak).toFixed(1)} dB`.replace('-', '−') : 'silence')

function fates({ ledger }: Run): string {
  const { accepted: _, balanced, in_flight, dropped, ...rest } = ledger
  const known = Object.entries({ ...rest, ...dropped }).filter(([, count]) => count > 0)
  const named = known.map(([name, count]) => `${count} ${name.replace('_', '-')}`)
  return [...named, `${in_flight} in flight`, balanced ? 'balanced' : 'NOT balanced'].join(', ')
}

function memory({ memory: proof }: Run): string {
  const { example, compared, sameAddress } = proof
  const where = `${sameAddress} of ${compared} frames came back at the address at which TypeScript made them`
  if (example === undefined) return where
  const { address, before, after } = example
  return `${where};\n             at 0x${address.toString(16)} it left ${before.toFixed(4)} and found ${after.toFixed(4)}`
}

function broker(run: Run): string {
  const { python, server } = run.processes
  const { there, back } = counted(run)
  const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`
  const told =
    run.counts === undefined ? 'the server could not be asked' : `counted ${kB(there)} there and ${kB(back)} back`
  return `process ${python}, not this one (${process.pid}); nats-server (process ${server})\n             ${told}`
}

function time({ ms, startMs }: Run, seconds: number): string {
  const took = ms / 1000
  const speed = seconds / took
  const times = speed >= 10 ? speed.toFixed(0) : speed.toFixed(1)
  const started = `after ${(startMs / 1000).toFixed(2)} s to start server and Python`
  return `${seconds.toFixed(2)} s of audio in ${took.toFixed(2)} s: ${times} × real time, ${started}`
}
