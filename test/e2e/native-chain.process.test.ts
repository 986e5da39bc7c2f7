import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { addon, clippingDetector, gain, level, silenceDetector } from '@anabranch/nodes-native'
import { audio, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { test } from 'tap'

/** What `--expose-gc` gives, without the flag. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const FRAMES = 100_000
const LENGTH = 320

test('a chain of native nodes copies nothing, and memory stays flat over 100,000 frames', async (t) => {
  const made: number[] = []
  const came: number[] = []
  const memory: number[] = []
  const collect = () => {
    collectGarbage()
    const { arrayBuffers, external } = process.memoryUsage()
    memory.push(arrayBuffers + external)
  }
  const source = defineNode({
    type: 'FramesNode',
    summary: 'Gives frames.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        for (let n = 0; n < FRAMES; n++) {
          const frame = context.audio(LENGTH, 16_000)
          frame.samples.fill((n % 100) / 200)
          if (n < 100) made.push(addon.bufferAddress(frame.samples))
          yield { output: frame }
        }
      },
    }),
  })
  let n = 0
  let wrong = 0
  const sink = defineNode({
    type: 'WitnessNode',
    summary: 'Compares.',
    inputs: { input: audio },
    create: () => ({
      execute: ({ input: { samples } }) => {
        if (n < 100) came.push(addon.bufferAddress(samples))
        if (samples[0] !== Math.fround((n % 100) / 200) || samples[LENGTH - 1] !== samples[0]) wrong++
        n++
        if (n === 10_000 || n === FRAMES) collect()
      },
    }),
  })
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: source },
        clips: { type: clippingDetector, in: { input: 'source.output' } },
        silence: { type: silenceDetector, in: { input: 'clips.output' } },
        level: { type: level, params: { loudness: false }, in: { input: 'silence.output' } },
        gain: { type: gain, params: { in_place: true }, in: { input: 'level.output' } },
        witness: { type: sink, in: { input: 'gain.output' } },
      },
    }),
  )
  t.teardown(() => executor.close())
  const { ledger } = await executor.execute()
  t.match(ledger, { accepted: FRAMES, delivered: FRAMES, in_flight: 0, balanced: true })
  t.equal(wrong, 0, 'every frame came as it was made')
  t.same(came, made, 'the first node and the last one see the same addresses')
  t.ok(new Set(made).size < 100, 'slots are used again')
  const { nodes } = executor.metrics()
  t.same(
    Object.values(nodes).map((node) => node.bytes_copied),
    [0, 0, 0, 0, 0, 0],
  )
  const frames = executor.frames()
  t.match(frames, { unpooled: 0, leased: [], stale: 0, double_released: 0 })
  t.ok((frames?.pooled ?? 0) >= FRAMES)
  const [early = 0, late = 0] = memory
  t.ok(late - early < 1_000_000, `arrayBuffers and external grew by ${late - early} bytes over 90,000 frames`)
})
