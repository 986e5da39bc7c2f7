import { gain } from '@anabranch/nodes-native'
import { softClip } from '@anabranch/nodes-python'
import { definePipeline } from '@anabranch/runtime'
import { levelMeter } from './nodes/level-meter.ts'
import { Levels } from './nodes/levels.ts'
import { MemoryProof } from './nodes/memory-proof.ts'
import { memoryWitness } from './nodes/memory-witness.ts'
import { wavFile } from './nodes/wav-file.ts'
import { wavFrames } from './nodes/wav-frames.ts'
import type { Wav } from './wav/read-wav.ts'

/** How much louder Rust makes it, in dB. */
export const GAIN_DB = 9
/** How hard Python drives its curve: tanh(DRIVE · x). */
export const DRIVE = 1.5

export interface PipelineOptions {
  readonly wav: Wav
  readonly out: string
  readonly realtime: boolean
  /** Told of each frame that has arrived in the file, with the levels of all of them. */
  readonly onFrame: (levels: Levels) => void
}

/** The graph, and what its nodes note while it runs. */
export function threeRuntimes({ wav, out, realtime, onFrame }: PipelineOptions) {
  const memory = new MemoryProof(10 ** (GAIN_DB / 20))
  const before = new Levels()
  const after = new Levels()
  const made = memory.made.bind(memory)
  const pipeline = definePipeline({
    metadata: { name: 'three-runtimes' },
    nodes: {
      speech: { type: wavFrames(wav, { realtime, onFrame: made }) },
      level: { type: levelMeter(before), in: { input: 'speech.output' } },
      gain: { type: gain, params: { db: GAIN_DB, in_place: true }, in: { input: 'level.output' } },
      soften: { type: softClip, params: { drive: DRIVE }, in: { input: 'gain.output' } },
      file: { type: wavFile(out, after, () => onFrame(after)), in: { input: 'soften.output' } },
      witness: { type: memoryWitness(memory), in: { input: 'gain.output' } },
    },
  })
  return { pipeline, memory, before, after }
}
