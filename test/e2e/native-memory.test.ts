import { addon, gain } from '@anabranch/nodes-native'
import { type AudioBuffer, audio, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { type Test, test } from 'tap'
import { speechFrames } from './speech.ts'

const db = 6
const factor = Math.fround(10 ** (db / 20))

/** Speech through Rust in a pipeline: the frames as they were made, what they held, and what came out. */
async function throughRust(t: Test, inPlace: boolean) {
  const made = speechFrames()
  const held = made.map(({ samples }) => Float32Array.from(samples))
  const came: AudioBuffer[] = []
  const speech = defineNode({
    type: 'SpeechNode',
    summary: 'Gives the frames.',
    outputs: { output: audio },
    create: () => ({ source: () => made.map((output) => ({ output })) }),
  })
  const collect = defineNode({
    type: 'CollectNode',
    summary: 'Keeps the frames.',
    inputs: { input: audio },
    create: () => ({ execute: ({ input }) => void came.push(input) }),
  })
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        speech: { type: speech },
        gain: { type: gain, params: { db, in_place: inPlace }, in: { input: 'speech.output' } },
        collect: { type: collect, in: { input: 'gain.output' } },
      },
    }),
  )
  t.teardown(() => executor.close())
  const { ledger } = await executor.execute()
  t.match(ledger, { accepted: made.length, delivered: made.length, in_flight: 0, balanced: true })
  t.equal(came.length, made.length)
  return { made, held, came }
}

const isProduct = (samples: Float32Array, of: Float32Array) =>
  samples.every((sample, i) => sample === Math.fround((of[i] ?? 0) * factor))

test('Rust writes into the memory that TypeScript made, and TypeScript reads it there', async (t) => {
  const { made, held, came } = await throughRust(t, true)
  t.ok(
    came.every(
      ({ samples }, i) => addon.bufferAddress(samples) === addon.bufferAddress(made[i]?.samples as Float32Array),
    ),
    'every address is the same',
  )
  t.equal(new Set(came.map(({ samples }) => addon.bufferAddress(samples))).size, came.length, 'and each its own')
  t.ok(
    made.every(({ samples }, i) => isProduct(samples, held[i] as Float32Array)),
    'what TypeScript made was changed',
  )
  // And the other way: what TypeScript writes into what came out is in what it made.
  const [first] = came as [AudioBuffer]
  first.samples[0] = 0.25
  t.equal(made[0]?.samples[0], 0.25)
})

test('without in_place Rust leaves its input as it was', async (t) => {
  const { made, held, came } = await throughRust(t, false)
  t.same(
    made.map(({ samples }) => samples),
    held,
  )
  t.ok(came.every(({ samples }, i) => isProduct(samples, held[i] as Float32Array)))
  t.ok(
    came.every(
      ({ samples }, i) => addon.bufferAddress(samples) !== addon.bufferAddress(made[i]?.samples as Float32Array),
    ),
  )
  t.ok(
    came.every(({ samples }) => samples.buffer instanceof SharedArrayBuffer),
    'the output is shared memory too',
  )
})
