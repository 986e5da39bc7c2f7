import { type AudioBuffer, anything, audio, defineNode, type NodeContext } from '@anabranch/plugin-sdk'
import { frameOf } from '@anabranch/plugin-sdk/host'
import { definePipeline } from '@anabranch/runtime'
import { bufferCount, map } from 'rxjs'
import { scenario } from '../scenario.ts'

/** A source of `n` frames, the n-th full of n. */
const frames = (n: number) =>
  defineNode({
    type: 'FramesNode',
    summary: 'Gives frames.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        for (let i = 0; i < n; i++) {
          const output = context.audio(8, 16_000)
          output.samples.fill(i)
          yield { output }
        }
      },
    }),
  })
type Seen = (input: AudioBuffer, context: NodeContext) => unknown
const reader = (type: string, see: Seen) =>
  defineNode({
    type,
    summary: 'Looks at frames.',
    inputs: { input: audio },
    create: () => ({ execute: ({ input }, context) => void see(input, context) }),
  })
const first = ({ samples }: AudioBuffer) => samples[0] as number

scenario(
  'frames: two readers of an output read the same memory, and a third gets the copy that it may keep',
  async (t, stage) => {
    const c: AudioBuffer[] = []
    const addresses: (number | undefined)[][] = [[], []]
    const executor = await stage.executor(
      definePipeline({
        nodes: {
          frames: { type: frames(3) },
          a: {
            type: reader('A', (input) => addresses[0]?.push(frameOf(input)?.handle)),
            in: { input: 'frames.output' },
          },
          b: {
            type: reader('B', (input) => addresses[1]?.push(frameOf(input)?.handle)),
            in: { input: 'frames.output' },
          },
          c: {
            type: defineNode({
              type: 'C',
              summary: 'Keeps anything.',
              inputs: { input: anything },
              create: () => ({ execute: ({ input }) => void c.push(input as AudioBuffer) }),
            }),
            in: { input: 'frames.output' },
          },
        },
      }),
    )
    await executor.execute()
    t.same(addresses[0], addresses[1])
    t.ok(addresses[0]?.every((handle) => handle !== undefined))
    t.same(c.map(first), [0, 1, 2], 'after the run')
    t.ok(c.every((buffer) => frameOf(buffer) === null))
    const { nodes } = executor.metrics()
    t.same(
      [nodes.a, nodes.b, nodes.c].map((node) => node?.bytes_copied),
      [0, 0, 3 * 32],
    )
  },
)

scenario(
  'frames: what a call kept without retain throws StaleFrameError, what it retained is there',
  async (t, stage) => {
    const kept: AudioBuffer[] = []
    const retained: AudioBuffer[] = []
    const late: unknown[] = []
    const executor = await stage.executor(
      definePipeline({
        nodes: {
          frames: { type: frames(4) },
          look: {
            type: reader('Look', (input, context) => {
              const before = kept.at(-1)
              if (before !== undefined)
                try {
                  late.push(first(before))
                } catch (error) {
                  late.push((error as { code: string }).code)
                }
              kept.push(input)
              retained.push(context.retain(input))
              if (retained.length === 3) context.release(retained[0] as AudioBuffer)
              if (retained.length === 4) late.push(retained.slice(1).map(first))
            }),
            in: { input: { from: 'frames.output', max: 1 } },
          },
        },
      }),
    )
    await executor.execute()
    t.same(late, [0, 1, 2, [1, 2, 3]])
    t.equal(executor.metrics().nodes.look?.custom.frames_left, 3, 'what was left is counted')
    for (const buffer of kept) t.throws(() => buffer.samples, { code: 'ANB_STALE_FRAME' })
  },
)

scenario('frames: without retain a kept input is stale as soon as its frame is free', async (t, stage) => {
  let before: AudioBuffer | null = null
  const codes: string[] = []
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        frames: { type: frames(3) },
        look: {
          type: reader('Look', (input) => {
            try {
              void before?.samples
            } catch (error) {
              codes.push((error as { code: string }).code)
            }
            before = input
          }),
          in: { input: { from: 'frames.output', max: 1 } },
        },
      },
    }),
  )
  await executor.execute()
  t.same(codes, ['ANB_STALE_FRAME', 'ANB_STALE_FRAME'])
})

scenario(
  'frames: an operator that holds ten inputs over a pool of eight frames reads what was written',
  async (t, stage) => {
    const sums: number[] = []
    const executor = await stage.executor(
      definePipeline({
        nodes: {
          frames: { type: frames(100) },
          batch: {
            type: defineNode({
              type: 'Batch',
              summary: 'Adds up ten frames.',
              inputs: { input: audio },
              outputs: { output: audio },
              create: () => ({
                operator: (context) => (inputs) =>
                  inputs.pipe(
                    bufferCount(10, 1),
                    map((batch) => {
                      const output = context.audio(1, 16_000)
                      output.samples[0] = batch.reduce((sum, { input }) => sum + first(input), 0)
                      return { output }
                    }),
                  ),
              }),
            }),
            in: { input: 'frames.output' },
          },
          sum: { type: reader('Sum', (input) => sums.push(first(input))), in: { input: 'batch.output' } },
        },
      }),
      { poolBytes: 8 * 2048 },
    )
    await executor.execute()
    t.same(
      sums.slice(0, 91),
      Array.from({ length: 91 }, (_, n) => 10 * n + 45),
    )
    // What found no room in the pool has memory of its own, which need not be copied.
    const { pooled = 0, unpooled = 0 } = executor.frames() ?? {}
    t.equal(pooled + unpooled, 100)
    t.ok(pooled >= 8 && unpooled > 0)
    t.equal(executor.metrics().nodes.batch?.bytes_copied, pooled * 32)
  },
)

scenario('frames: a dead letter holds audio of its own', async (t, stage) => {
  const letters: AudioBuffer[] = []
  const executor = await stage.executor(
    definePipeline({
      nodes: {
        frames: { type: frames(3) },
        bad: {
          type: reader('Bad', () => {
            throw new Error('no')
          }),
          on_error: 'dead-letter',
          in: { input: 'frames.output' },
        },
      },
    }),
    { onDeadLetter: ({ inputs }) => letters.push((inputs as { input: AudioBuffer }).input) },
  )
  await executor.execute()
  t.same(letters.map(first), [0, 1, 2])
})

scenario('frames: a dead letter of sets that were held since their calls holds audio of its own', async (t, stage) => {
  const letters: AudioBuffer[] = []
  const holding = (type: string, life: object) =>
    defineNode({
      type,
      summary: 'Holds what it takes, and fails at its end.',
      inputs: { input: audio },
      outputs: { output: audio },
      time: 'span',
      create: () => ({ ...life }) as never,
    })
  const no = () => {
    throw new Error('no')
  }
  const nodes = [
    holding('AtOnce', { execute: () => undefined, flush: no }),
    holding('Later', { execute: async () => undefined, flush: no }),
  ]
  for (const type of nodes) {
    const executor = await stage.executor(
      definePipeline({
        nodes: {
          frames: { type: frames(5) },
          bad: { type, on_error: 'dead-letter', in: { input: 'frames.output' } },
          sink: { type: reader('Sink', () => undefined), in: { input: 'bad.output' } },
        },
      } as never),
      { onDeadLetter: ({ inputs }) => letters.push((inputs as { input: AudioBuffer }).input) },
    )
    await executor.execute({} as never)
    t.same(
      letters.splice(0).map((letter) => [letter.length, first(letter)]),
      [0, 1, 2, 3, 4].map((n) => [8, n]),
    )
    t.same(executor.frames()?.leased, [])
    await executor.close()
  }
})
