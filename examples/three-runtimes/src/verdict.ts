import type { Run } from './run.ts'

/** One thing that the demo promises, and whether it was so. */
export interface Claim {
  readonly holds: boolean
  readonly name: 'frames' | 'ledger' | 'memory' | 'broker'
}

/** Frames on an edge, by its ends. */
export const pushed = ({ metrics }: Run, from: string, to: string): number =>
  metrics.edges[`${from}.output -> ${to}.input`]?.pushed ?? 0

/** Frames that came out of the source, and those that are in the file. */
export const framesIn = (run: Run): number => pushed(run, 'speech', 'level')
export const framesOut = (run: Run): number => run.after.frames.length

/** Messages that the server counted from this process to Python, and back. */
export function messages({ counts }: Run): { readonly there: number; readonly back: number } {
  const ours = counts?.connections.find(({ name }) => name === 'anabranch-host')
  return { there: ours?.inMessages ?? 0, back: ours?.outMessages ?? 0 }
}

/** What has to be so after a run of `total` frames. */
export function verdict(run: Run, total: number): readonly Claim[] {
  const { ledger, processes, memory } = run
  const { there, back } = messages(run)
  const frames = framesIn(run)
  const softened = pushed(run, 'soften', 'file')
  return [
    { name: 'frames', holds: frames === total && framesOut(run) === total },
    { name: 'ledger', holds: ledger.balanced && ledger.in_flight === 0 && ledger.delivered === ledger.accepted },
    { name: 'memory', holds: memory.holds && memory.compared === frames },
    { name: 'broker', holds: processes.python !== process.pid && softened > 0 && Math.min(there, back) >= softened },
  ]
}
