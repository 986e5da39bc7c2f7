import { audio, defineNode } from '@anabranch/plugin-sdk'
import type { MemoryProof } from './memory-proof.ts'

/** A second reader of what Rust gives: looks at each frame, and keeps nothing. */
export const memoryWitness = (proof: MemoryProof) =>
  defineNode({
    type: 'MemoryWitnessNode',
    summary: 'Compares frames with what they were before Rust.',
    inputs: { input: audio },
    create: () => ({
      execute: ({ input }, context) => proof.seen(input, context.envelope.origin.seq),
    }),
  })
