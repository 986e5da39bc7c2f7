import { audioResample, chunker } from '@anabranch/nodes-native'
import { AudioBuffer } from '@anabranch/plugin-sdk'
import { harness } from '@anabranch/plugin-sdk/testing'
import { test } from 'tap'
import { javascriptChunker } from '#src/javascript/chunker.js'

const frame = (length: number, rate = 16_000) => new AudioBuffer(new Float32Array(length), rate)

for (const [form, node_] of [
  ['native', chunker],
  ['JavaScript', javascriptChunker as unknown as typeof chunker],
] as const)
  test(`overlapping chunks have the time of their first sample: ${form}`, async (t) => {
    const node = await harness(node_, { samples: 400, overlap: 240 })
    await node.push({ input: frame(1000) }, { pts: 7000 })
    await node.flush()
    // One every 160 samples of 16 kHz, the rest of 200 last.
    t.same(
      node.emitted.map(({ envelope, outputs }) => [envelope.pts, outputs.output?.length]),
      [
        [7000, 400],
        [17_000, 400],
        [27_000, 400],
        [37_000, 400],
        [47_000, 360],
      ],
    )
    await node[Symbol.asyncDispose]()
  })

test('after a gap the tail has its own time, and what follows the time of the new start', async (t) => {
  const node = await harness(audioResample, { output_rate: 8000 })
  await node.push({ input: frame(1600) }, { pts: 0 })
  await node.push({ input: frame(1600) }, { pts: 500_000, discont: true })
  await node.flush()
  const times = node.emitted.map(({ envelope, outputs }) => [envelope.pts, outputs.output?.length ?? 0] as const)
  let before = 0
  let samples = 0
  for (const [pts, length] of times) {
    if (samples === 800) before = 500_000 // Everything of the first 100 ms has gone out.
    t.equal(pts, before)
    before += (length * 1e6) / 8000
    samples += length
  }
  t.equal(samples, 1600)
  await node[Symbol.asyncDispose]()
})
