import { createHash } from 'node:crypto'
import { anything, audio, defineNode, definePlugin } from '@anabranch/plugin-sdk'

const comparison = defineNode({
  type: 'ComparisonNode',
  summary: 'Compares three streams of audio, bit by bit, and says at the end what it found.',
  inputs: { typescript: audio, rust: audio, python: audio },
  outputs: { output: anything },
  join: 'zip',
  time: 'span',
  // What it says at the end is of every frame.
  maxHeld: 100_000,
  create: () => {
    const hash = createHash('sha256')
    let [frames, samples, different, peak] = [0, 0, 0, 0]
    return {
      execute: ({ typescript, rust, python }) => {
        frames += 1
        samples += typescript.samples.length
        const [ours, ...others] = [typescript, rust, python].map(bitsOf) as [Uint32Array, Uint32Array, Uint32Array]
        for (const other of others) {
          different += Math.abs(other.length - ours.length)
          for (const [at, bits] of ours.entries()) if (at < other.length && other[at] !== bits) different += 1
        }
        for (const sample of typescript.samples) peak = Math.max(peak, Math.abs(sample))
        hash.update(bytesOf(ours))
        return {}
      },
      flush: () => ({ output: { frames, samples, different, peak, sha256: hash.digest('hex') } }),
    }
  },
})

/** Floats as they lie in memory: two are the same number if their bits are, zeros with a sign apart. */
function bitsOf({ samples }: { readonly samples: Float32Array }): Uint32Array {
  return new Uint32Array(samples.buffer, samples.byteOffset, samples.length)
}

function bytesOf(bits: Uint32Array): Buffer {
  return Buffer.from(new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength))
}

export default definePlugin({ name: 'comparison', apiVersion: 1, nodes: [comparison] })
