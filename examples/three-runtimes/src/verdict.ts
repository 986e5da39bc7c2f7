import { frameCount } from './nodes/wav-frames.ts'
import type { Run } from './run.ts'
import type { Wav } from './wav/read-wav.ts'

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

/** Bytes that the server counted from this process to Python, and back. Several frames may share a message. */
export function counted({ counts }: Run): { readonly there: number; readonly back: number } {
  const ours = counts?.connections.find(({ name }) => name === 'anabranch-host')
  return { there: ours?.inBytes ?? 0, back: ours?.outBytes ?? 0 }
}

/** Whether the server counted as much as the samples of those frames, or one that was started in between some of it. */
function crossed(run: Run, wav: Wav): boolean {
  const { there, back } = counted(run)
  const frames = pushed(run, 'soften', 'file')
  // The last frame may be shorter than the others.
  const samples = ((frames - 1) * wav.samples.length) / frameCount(wav)
  const least = run.restarted ? 1 : samples * Float32Array.BYTES_PER_ELEMENT
  return frames > 0 && Math.min(there, back) >= least
}

/** What has to be so after a run over all of a recording. */
export function verdict(run: Run, wav: Wav): readonly Claim[] {
  const { ledger, processes, memory } = run
  const frames = framesIn(run)
  return [
    { name: 'frames', holds: frames === frameCount(wav) && framesOut(run) === frames },
    { name: 'ledger', holds: ledger.balanced && ledger.in_flight === 0 && ledger.delivered === ledger.accepted },
    { name: 'memory', holds: memory.holds && memory.compared === frames },
    { name: 'broker', holds: processes.python !== process.pid && crossed(run, wav) },
  ]
}
