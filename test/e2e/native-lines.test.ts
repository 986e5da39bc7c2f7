import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { addon, audioResample } from '@anabranch/nodes-native'
import { nativeNode } from '@anabranch/nodes-native/door'
import { type AudioBuffer, audio, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { test } from 'tap'

const RATE = 48_000
/** As many sets of a native node as may be on its thread at once. */
const IN_LINE = 16
const STALE = { leased: [], stale: 0, double_released: 0 }

interface Given {
  readonly nodes: Record<string, unknown>
  /** Called with each set that the source has given. */
  readonly after?: (n: number) => void
  readonly rateOf?: (n: number) => number
}

/** Sets of a tenth of a second, each of another tone, through a node; what came of them in words. */
const tones = (count: number, { after, rateOf = () => RATE }: Given) =>
  defineNode({
    type: 'TonesNode',
    summary: 'Gives tones.',
    outputs: { output: audio },
    create: () => ({
      *source(context) {
        for (let n = 0; n < count; n++) {
          const frame = context.audio(RATE / 10, rateOf(n))
          for (let at = 0; at < frame.length; at++) frame.samples[at] = 0.5 * Math.sin((at * (n + 1)) / 40)
          yield { output: frame }
          after?.(n)
        }
      },
    }),
  })

const inWords = ({ length, samples }: AudioBuffer): string =>
  `${length} samples, ${samples.reduce((sum, sample) => sum + sample * sample, 0).toFixed(6)}`

async function open(count: number, given: Given) {
  const heard: string[] = []
  const sink = defineNode({
    type: 'WordsNode',
    summary: 'Tells what comes.',
    inputs: { input: audio },
    create: () => ({ execute: ({ input }) => void heard.push(inWords(input)) }),
  })
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        source: { type: tones(count, given) },
        ...given.nodes,
        sink: { type: sink, in: { input: 'node.output' } },
      },
    } as never),
  )
  return { executor, heard }
}

const resampled = (where: 'inline' | 'thread', rest: object = {}) => ({
  node: {
    type: audioResample,
    params: { output_rate: 16_000, quality: 'high' },
    placement: { where },
    in: { input: 'source.output' },
    ...rest,
  },
})

async function runTo(count: number, given: Given) {
  const { executor, heard } = await open(count, given)
  const session = await executor.open()
  const ledger = await session.end().catch(() => session.ledger())
  const { node } = executor.metrics().nodes
  await executor.close()
  return { ledger, heard, node, frames: executor.frames() }
}

test('several sets are on their way to a thread at once, and come back in order', async (t) => {
  let most = 0
  const { executor, heard } = await open(200, {
    nodes: resampled('thread'),
    after: () => {
      const { taken, ok, failed } = executor.metrics().nodes.node as { taken: number; ok: number; failed: number }
      most = Math.max(most, taken - ok - failed)
    },
  })
  const session = await executor.open()
  t.match(await session.end(), { accepted: 200, delivered: 200, in_flight: 0, failed: 0, balanced: true })
  t.ok(most > 1 && most <= IN_LINE, `${most} at once`)
  const inline = await runTo(200, { nodes: resampled('inline') })
  t.same(heard, inline.heard)
  await executor.close()
  t.match(executor.frames(), STALE)
})

test('an interruption cancels what is in line, and the node begins anew', async (t) => {
  let interrupt = () => {}
  const { executor, heard } = await open(60, {
    nodes: resampled('thread'),
    after: (n) => {
      if (n === 39) interrupt()
    },
  })
  const session = await executor.open()
  interrupt = () => session.interrupt({ reason: 'again' })
  const ledger = await session.end()
  t.match(ledger, { accepted: 60, in_flight: 0, failed: 0, balanced: true })
  t.ok(ledger.cancelled > 1, `${ledger.cancelled} cancelled`)
  t.equal(session.audit().length, 0)
  const fresh = await runTo(60, { nodes: resampled('inline'), after: () => {} })
  t.not(heard.length, fresh.heard.length)
  const second = await executor.open()
  interrupt = () => {}
  heard.length = 0
  await second.end()
  t.same(heard, fresh.heard, 'nothing is left of what was interrupted')
  await executor.close()
  t.match(executor.frames(), STALE)
})

test('where one set of several in line fails, the others go on as they do inline', async (t) => {
  const rateOf = (n: number) => (n === 20 ? 44_100 : RATE)
  for (const on_error of ['skip', 'dead-letter', 'fail'] as const) {
    const [inline, thread] = await Promise.all([
      runTo(40, { nodes: resampled('inline', { on_error }), rateOf }),
      runTo(40, { nodes: resampled('thread', { on_error }), rateOf }),
    ])
    t.match(thread.ledger, { balanced: true, in_flight: 0 }, on_error)
    t.match(thread.frames, STALE)
    if (on_error === 'fail') {
      t.same(thread.heard, inline.heard.slice(0, thread.heard.length))
      continue
    }
    t.same(thread.heard, inline.heard)
    t.same(thread.ledger, inline.ledger)
    const counts = ({ node }: typeof inline) => [node?.taken, node?.ok, node?.failed, node?.dead_lettered]
    t.same(counts(thread), counts(inline))
  }
})

test('a panic amid several in line is told of all that come after, and the frames come back', async (t) => {
  const bad = (where: 'inline' | 'thread') => ({
    node: {
      type: nativeNode(addon, 'PanicNode'),
      params: { after: 20 },
      on_error: 'dead-letter',
      placement: { where },
      in: { input: 'source.output' },
    },
  })
  const [inline, thread] = [await runTo(40, { nodes: bad('inline') }), await runTo(40, { nodes: bad('thread') })]
  t.match(thread.ledger, { balanced: true, in_flight: 0, delivered: 20, dead_lettered: 20 })
  t.same(thread.ledger, inline.ledger)
  t.same(thread.heard, inline.heard)
  t.match(thread.frames, STALE)
})

test('a node that has more to give of a set is asked for it before the next one in line', async (t) => {
  const burst = async (where: 'inline' | 'thread', fails_at?: number) => {
    const executor = await createExecutor(
      definePipeline({
        nodes: {
          source: { type: tones(30, { nodes: {} }) },
          node: {
            type: nativeNode(addon, 'BurstNode'),
            params: { records: 12, fails_at },
            on_error: 'skip',
            breaker: { failures: 1000 },
            placement: { where },
            in: { input: 'source.output' },
          },
        },
      } as never),
    )
    const session = await executor.open()
    const numbers: unknown[] = []
    session.outputs.subscribe(({ value }) => numbers.push(value))
    const ledger = await session.end()
    await executor.close()
    return { numbers, ledger, frames: executor.frames() }
  }
  const upTo = (count: number) => Array.from({ length: 30 * count }, (_, at) => at % count)
  // Inline eight further records come with the call, the rest one by one; on a thread each is asked for.
  for (const where of ['inline', 'thread'] as const) {
    const all = await burst(where)
    t.same(all.numbers, upTo(12), where)
    t.match(all.ledger, { balanced: true, failed: 0, in_flight: 0 })
    for (const fails_at of [3, 10]) {
      const some = await burst(where, fails_at)
      t.same(some.numbers, upTo(fails_at), `${where}: what was given before record ${fails_at} failed is kept`)
      t.match(some.ledger, { balanced: true, failed: 30, in_flight: 0 })
      t.match(some.frames, STALE)
    }
  }
})

test('a thread that ends with sets in line takes nobody along', async (t) => {
  for (let n = 0; n < 10; n++) {
    const worker = new Worker(new URL('./line-worker.js', import.meta.url))
    await once(worker, 'message')
    t.equal(await worker.terminate(), 1)
  }
  const after = await runTo(40, { nodes: resampled('thread') })
  t.match(after.ledger, { delivered: 40, balanced: true })
  t.match(after.frames, STALE)
})
