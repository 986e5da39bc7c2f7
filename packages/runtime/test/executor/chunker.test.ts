import { AudioBuffer, audio, type Clock, defineNode } from '@anabranch/plugin-sdk'
import { definePipeline } from '@anabranch/runtime'
import { z } from 'zod'
import { rejected } from '../coded.ts'
import { scenario, settled } from '../scenario.ts'

const chunker = defineNode({
  type: 'ChunkerNode',
  summary: 'Cuts audio into chunks of equal length.',
  time: 'samples',
  params: z.object({ samples: z.int().positive(), delayUs: z.number().default(0) }),
  inputs: { input: audio.with({ channels: 1 }) },
  outputs: { output: audio },
  create({ samples, delayUs }) {
    let rest = new AudioBuffer(new Float32Array(0), 44_100)
    return {
      delayUs,
      *execute({ input }, context) {
        const all = context.audio(rest.length + input.length, input.sampleRate)
        all.samples.set(rest.samples)
        all.samples.set(input.samples, rest.length)
        const tail = all.length - (all.length % samples)
        for (let at = 0; at < tail; at += samples) yield { output: all.slice(at, at + samples) }
        rest = all.slice(tail).copy()
      },
      flush: () => ({ output: rest.length > 0 ? rest : undefined }),
      reset() {
        rest = new AudioBuffer(new Float32Array(0), 44_100)
      },
    }
  },
})
const audioNode = (work: (value: AudioBuffer, clock: Clock) => Promise<AudioBuffer>) =>
  defineNode({
    type: 'SlowNode',
    summary: 'Takes its time.',
    inputs: { input: audio },
    outputs: { output: audio },
    create: () => ({ execute: async ({ input }, { clock }) => ({ output: await work(input, clock) }) }),
  })
const inputs = { mic: audio }
const RATE = 44_100
const second = new AudioBuffer(
  Float32Array.from({ length: RATE }, (_, n) => Math.sin(n / 10)),
  RATE,
)
/** Cuts a second into pieces of the given sizes, over and over. */
function pieces(sizes: readonly number[]): AudioBuffer[] {
  const cut: AudioBuffer[] = []
  for (let at = 0, n = 0; at < RATE; at += cut[n++]?.length ?? 0)
    cut.push(second.slice(at, Math.min(RATE, at + (sizes[n % sizes.length] ?? RATE))))
  return cut
}
const pipeline = (params: { samples: number; delayUs?: number }) =>
  definePipeline({ inputs, nodes: { c: { type: chunker, params, in: { input: 'mic' } } } })

scenario(
  'chunker: any chunking gives the same samples, with exact media times, and flush gives the tail',
  async (t, stage) => {
    const executor = await stage.executor(pipeline({ samples: 1000 }))
    const runs: unknown[] = []
    for (const sizes of [[RATE], [882], [1, 4567, 999, 1000, 1001]]) {
      const session = await executor.open()
      const seen: [number, number, number][] = []
      const samples: number[] = []
      session.outputs.subscribe(({ value, envelope }) => {
        seen.push([value.length, envelope.pts, envelope.duration ?? 0])
        samples.push(...value.samples)
      })
      for (const piece of pieces(sizes)) await session.send({ mic: piece })
      const ledger = await session.end()
      t.same(samples, [...second.samples])
      t.same(
        seen.map(([, pts]) => pts),
        seen.map((_, n) => Math.round((n * 1000 * 1e6) / RATE)),
        'each time from the count of samples, never a sum of durations',
      )
      t.equal(seen.at(-1)?.[0], RATE % 1000)
      t.equal(
        seen.reduce((sum, [, , duration]) => sum + duration, 0),
        1_000_000,
      )
      t.ok(ledger.balanced)
      t.equal(ledger.accepted, ledger.delivered + ledger.filtered)
      runs.push(seen)
    }
    t.same(runs[1], runs[0])
    t.same(runs[2], runs[0])
  },
)

scenario('chunker: the delay of the node itself is subtracted', async (t, stage) => {
  const session = await stage.open(pipeline({ samples: 4410, delayUs: 2500 }))
  const times: number[] = []
  session.outputs.subscribe(({ envelope }) => times.push(envelope.pts))
  for (const piece of pieces([8820])) await session.send({ mic: piece })
  await session.end()
  t.same(times.slice(0, 3), [-2500, 97_500, 197_500])
})

scenario(
  'chunker: sets without a chunk are held, and share the fate of the chunk that they are in',
  async (t, stage) => {
    const executor = await stage.executor(pipeline({ samples: 1000 }))
    const session = await executor.open()
    session.outputs.subscribe(() => undefined)
    for (let n = 0; n < 5; n++) await session.send({ mic: second.slice(n * 300, n * 300 + 300) })
    await settled()
    t.equal(session.ledger().delivered, 4, '4 × 300 samples made the first chunk')
    t.equal(session.ledger().in_flight, 1)
    session.interrupt()
    await settled()
    const ledger = await session.end()
    t.match(ledger, { delivered: 4, cancelled: 1 })
    t.match(executor.metrics().nodes.c, { absorbed: 4, cancelled: 1 })
  },
)

scenario('chunker: after a gap the count starts anew, once', async (t, stage) => {
  const slow = audioNode(async (value, clock) => {
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 1))
    return value
  })
  const session = await stage.open(
    definePipeline({
      inputs,
      nodes: {
        slow: { type: slow, in: { input: { from: 'mic', policy: 'drop-oldest', max: 1 } } },
        c: { type: chunker, params: { samples: 441 }, in: { input: 'slow.output' } },
      },
    }),
  )
  const seen: unknown[] = []
  session.outputs.subscribe(({ envelope }) => seen.push([envelope.pts, envelope.discont ?? false]))
  await session.send({ mic: second.slice(0, 882) })
  await settled()
  for (let n = 1; n < 4; n++) await session.send({ mic: second.slice(n * 882, n * 882 + 882) })
  await stage.clock.advance(10)
  await session.end()
  t.same(seen, [
    [0, false],
    [10_000, false],
    [60_000, true],
    [70_000, false],
  ])
})

scenario('chunker: one that never gives anything reaches the limit of what may be held', async (t, stage) => {
  const executor = await stage.executor(pipeline({ samples: 1e6 }))
  const session = await executor.open()
  session.outputs.subscribe({ next: () => undefined, error: () => undefined })
  const ending = (async () => {
    for (let n = 0; n < 300; n++) await session.send({ mic: second.slice(n, n + 1) })
    return session.end()
  })()
  t.match(await rejected('ANB_HELD_LIMIT', ending), { nodeId: 'c', limit: 256 })
})
