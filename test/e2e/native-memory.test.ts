import { addon, gain } from '@anabranch/nodes-native'
import { type AudioBuffer, audio, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { type Test, test } from 'tap'
import { speechFrames } from './speech.ts'

const db = 6
const factor = Math.fround(10 ** (db / 20))

const held = speechFrames()

/** Speech in frames of the pool; `made` are they as their maker sees them, and where they lay. */
function speech(made: { readonly frame: AudioBuffer; readonly address: number }[]) {
  return defineNode({
    type: 'SpeechNode',
    summary: 'Gives the frames.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        for (const { samples, sampleRate } of held) {
          const frame = context.audio(samples.length, sampleRate)
          frame.samples.set(samples)
          made.push({ frame, address: addon.bufferAddress(frame.samples) })
          yield { output: frame }
        }
      },
    }),
  })
}

async function run(t: Test, nodes: object): Promise<void> {
  const executor = await createExecutor(definePipeline({ nodes } as never))
  t.teardown(() => executor.close())
  const { ledger } = await executor.execute({} as never)
  t.match(ledger, { accepted: held.length, delivered: held.length, in_flight: 0, balanced: true })
}

const isProduct = ({ samples }: AudioBuffer, at: number) =>
  samples.every((sample, i) => sample === Math.fround((held[at]?.samples[i] ?? 0) * factor))

test('Rust writes into the memory that TypeScript made, and TypeScript reads it there', async (t) => {
  const made: Parameters<typeof speech>[0] = []
  const seen: Record<string, boolean>[] = []
  const look = defineNode({
    type: 'LookNode',
    summary: 'Looks at what came.',
    inputs: { input: audio },
    create: () => ({
      execute: ({ input }) => {
        const at = seen.length
        const { frame, address } = made[at] as (typeof made)[number]
        const product = isProduct(input, at) && isProduct(frame, at)
        // And the other way: what TypeScript writes into what came out is in what it made.
        input.samples[0] = 0.25
        seen.push({
          address: addon.bufferAddress(input.samples) === address,
          product,
          same: frame.samples[0] === 0.25,
        })
      },
    }),
  })
  await run(t, {
    speech: { type: speech(made) },
    gain: { type: gain, params: { db, in_place: true }, in: { input: 'speech.output' } },
    look: { type: look, in: { input: 'gain.output' } },
  })
  t.same(
    seen,
    held.map(() => ({ address: true, product: true, same: true })),
  )
  t.ok(new Set(made.map(({ address }) => address)).size > 1)
})

test('without in_place Rust leaves its input as it was', async (t) => {
  const made: Parameters<typeof speech>[0] = []
  const seen: Record<string, boolean>[] = []
  const look = defineNode({
    type: 'LookNode',
    summary: 'Looks at what went in and what came.',
    inputs: { made: audio, came: audio },
    create: () => ({
      execute: ({ made: before, came }) => {
        const at = seen.length
        seen.push({
          left: before.samples.every((sample, i) => sample === held[at]?.samples[i]),
          product: isProduct(came, at),
          elsewhere: addon.bufferAddress(came.samples) !== addon.bufferAddress(before.samples),
          shared: came.samples.buffer instanceof SharedArrayBuffer,
        })
      },
    }),
  })
  await run(t, {
    speech: { type: speech(made) },
    gain: { type: gain, params: { db }, in: { input: 'speech.output' } },
    look: { type: look, in: { made: 'speech.output', came: 'gain.output' } },
  })
  t.same(
    seen,
    held.map(() => ({ left: true, product: true, elsewhere: true, shared: true })),
  )
})
