import { addon, audioResample, chunker, denoise, gain, level, vad } from '@anabranch/nodes-native'
import { nativeNode } from '@anabranch/nodes-native/door'
import { audio, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline, type Manifest, validate } from '@anabranch/runtime'
import { test } from 'tap'

const SECOND = 16_000

/** Chunks of one second, the nth of noise that starts with n. */
const chunks = (count: number, after: (n: number) => void = () => {}, rate = SECOND) =>
  defineNode({
    type: 'ChunksNode',
    summary: 'Gives seconds of noise.',
    outputs: { output: audio },
    create: () => ({
      async *source(context) {
        for (let n = 0; n < count; n++) {
          const frame = context.audio(rate, rate)
          let state = n + 1
          for (let at = 0; at < rate; at++) {
            state = (state * 48_271) % 0x7fffffff
            frame.samples[at] = state / 0x40000000 - 1
          }
          yield { output: frame }
          after(n)
        }
      },
    }),
  })

const sums = (into: number[], type = 'SumsNode') =>
  defineNode({
    type,
    summary: 'Adds samples up.',
    inputs: { input: audio },
    create: () => ({
      execute: ({ input }) => void into.push(input.samples.reduce((sum, sample) => sum + sample * sample, 0)),
    }),
  })

async function run(where: 'inline' | 'thread', after?: (n: number) => void) {
  const [low, high]: [number[], number[]] = [[], []]
  const placement = { where }
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: chunks(20, after) },
        low: { type: audioResample, params: { output_rate: 8000 }, placement, in: { input: 'source.output' } },
        high: { type: audioResample, params: { output_rate: 48_000 }, placement, in: { input: 'source.output' } },
        vad: { type: vad, placement, in: { input: 'source.output' } },
        parts: { type: chunker, params: { samples: 300 }, placement, in: { input: 'vad.output' } },
        lowSums: { type: sums(low), in: { input: 'low.output' } },
        highSums: { type: sums(high, 'OtherSumsNode'), in: { input: 'high.output' } },
      },
    } as never),
  )
  const session = await executor.open()
  let parts = 0
  session.outputs.subscribe(({ value }) => {
    if (typeof value === 'object') parts++
  })
  const ledger = await session.end()
  const { nodes } = executor.metrics()
  const frames = executor.frames()
  await executor.close()
  return { ledger, low, high, parts, nodes, frames }
}

test('native nodes on threads give what they give inline, in order, and give their frames back', async (t) => {
  const inline = await run('inline')
  const thread = await run('thread')
  t.same([thread.low, thread.high, thread.parts], [inline.low, inline.high, inline.parts])
  t.ok(inline.low.length >= 20 && inline.parts > 1000)
  for (const { ledger, frames } of [inline, thread]) {
    t.match(ledger, { balanced: true, failed: 0, in_flight: 0, accepted: 20 })
    t.match(frames, { leased: [], stale: 0, double_released: 0 })
  }
  const calls = (of: typeof inline) =>
    ['low', 'high', 'vad', 'parts'].map((id) => of.nodes[id]?.custom.thread_calls ?? 0)
  t.same(calls(inline), [0, 0, 0, 0])
  t.same(calls(thread), [20, 20, 20, 20])
})

test('while a native node works on a thread, timers and other nodes have their turns', async (t) => {
  let ticks = 0
  const timer = setInterval(() => ticks++, 1)
  const { ledger } = await run('thread', () => {})
  clearInterval(timer)
  t.match(ledger, { balanced: true })
  t.ok(ticks > 3, `${ticks} ticks`)
})

test('controls, interruptions and the end of a session wait until the thread has given its node back', async (t) => {
  const seen: number[] = []
  let act = (_n: number) => {}
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: chunks(30, (n) => act(n)) },
        high: {
          type: audioResample,
          params: { output_rate: 48_000 },
          placement: { where: 'thread' },
          in: { input: 'source.output' },
        },
        seen: { type: sums(seen), in: { input: 'high.output' } },
      },
    } as never),
  )
  t.teardown(() => executor.close())
  const session = await executor.open()
  act = (n) => {
    if (n % 5 === 4) session.interrupt({ reason: 'again' })
  }
  t.match(await session.end(), { accepted: 30, in_flight: 0, failed: 0, balanced: true })
  const second = await executor.open()
  act = (n) => {
    if (n === 3) void second.cancel()
  }
  t.match(await second.end().catch(() => second.ledger()), { in_flight: 0, balanced: true })
  await executor.close()
  t.match(executor.frames(), { leased: [], stale: 0, double_released: 0 })
})

test('a panic on a thread is an error with its place; what is asked of its node afterwards says so', async (t) => {
  const seen: number[] = []
  const codes: string[] = []
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: chunks(5) },
        bad: {
          type: nativeNode(addon, 'PanicNode'),
          params: { after: 2 },
          on_error: 'dead-letter',
          placement: { where: 'thread' },
          in: { input: 'source.output' },
        },
        seen: { type: sums(seen), in: { input: 'bad.output' } },
      },
    } as never),
    { onDeadLetter: ({ error }) => codes.push(`${error.code} ${/panic_node\.rs:\d+/.test(error.message)}`) },
  )
  t.teardown(() => executor.close())
  const session = await executor.open()
  t.match(await session.end(), { delivered: 2, dead_lettered: 3, balanced: true })
  t.equal(seen.length, 2)
  t.same(codes, ['ANB_NATIVE true', 'ANB_NATIVE true', 'ANB_NATIVE true'])
})

test('a node whose first calls took long moves to a thread by itself, unless it is placed inline', async (t) => {
  const heavy = async (placement?: object) => {
    const seen: number[] = []
    const nodes = {
      source: { type: chunks(60, undefined, 48_000) },
      heavy: { type: denoise, ...(placement && { placement }), in: { input: 'source.output' } },
      light: { type: gain, params: { db: 0 }, in: { input: 'heavy.output' } },
      seen: { type: sums(seen), in: { input: 'light.output' } },
    }
    const executor = await createExecutor(definePipeline({ nodes } as never))
    const session = await executor.open()
    session.outputs.subscribe()
    t.match(await session.end(), { balanced: true, failed: 0 })
    const { nodes: told } = executor.metrics()
    await executor.close()
    t.ok(seen.length >= 60)
    return [told.heavy?.custom.thread_calls ?? 0, told.light?.custom.thread_calls ?? 0]
  }
  const [calls = 0, light] = await heavy()
  t.ok(calls >= 5 && calls <= 10, `${calls} of 60 calls: 50 are measured first`)
  t.equal(light, 0)
  t.same(await heavy({ where: 'inline' }), [0, 0])
})

test('the plan says where a native node runs; a source cannot be on a thread', async (t) => {
  const file = { type: nativeNode(addon, 'AudioFileSource'), params: { path: 'x.wav' } }
  const nodes = { source: file, level: { type: level, placement: { where: 'thread' }, in: { input: 'source.output' } } }
  const { plan } = await validate(definePipeline({ nodes } as never) as Manifest)
  t.same(
    plan?.nodes.map(({ id, where }) => [id, where]),
    [
      ['source', 'inline'],
      ['level', 'thread'],
    ],
  )
  t.same(plan?.fused, [])
  const threaded = { ...nodes, source: { ...file, placement: { where: 'thread' } } }
  const { problems } = await validate(definePipeline({ nodes: threaded } as never) as Manifest)
  t.match(problems, [{ code: 'ANB_NOT_AVAILABLE', path: 'nodes.source.placement' }])
})
