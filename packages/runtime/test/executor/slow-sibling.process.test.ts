import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { anything, defineNode } from '@anabranch/plugin-sdk'
import { createExecutor, definePipeline } from '@anabranch/runtime'
import { test } from 'tap'
import { mapNode, pass, quickSource, sinkTo } from '../nodes.ts'

/** What `--expose-gc` gives, without the flag. */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is held, in MB: garbage that a busy machine has not collected yet is not the runtime's. */
const buffersAndHeap = () => {
  collect()
  collect() // What the first found, Node.js frees on a thread of its own; the second waits for it.
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}

test('slow consumer: an unpaced source for 5 s stays below 100 MB of heap and buffers', async (t) => {
  const until = performance.now() + 5000
  function* frames() {
    while (performance.now() < until) yield new Float32Array(960)
  }
  let peak = 0
  let calls = 0
  const slow = sinkTo(() => {
    if (++calls % 500 === 1) peak = Math.max(peak, buffersAndHeap())
    return new Promise((resolve) => setImmediate(resolve))
  })
  let quick = 0
  const counting = sinkTo(() => {
    quick++
  }, 'Counting')
  const executor = await createExecutor(
    definePipeline({
      nodes: {
        from: { type: quickSource(frames) },
        a: { type: pass, in: { input: 'from.output' } },
        slow: { type: slow, in: { input: { from: 'a.output', policy: 'drop-oldest' } } },
        quick: { type: counting, in: { input: 'a.output' } },
      },
    }),
  )
  const { ledger } = await executor.execute()
  const edge = executor.metrics().edges['a.output -> slow.input']
  t.ok(peak > 0 && peak < 100, `peak ${peak.toFixed(1)} MB`)
  t.ok(ledger.accepted > 50_000, `${ledger.accepted} items`)
  t.equal(quick, ledger.accepted, 'the sibling got all')
  t.equal((edge?.taken ?? 0) + (edge?.dropped.overflow ?? 0), ledger.accepted, 'each missing item is a counted drop')
  t.ok((edge?.high_water ?? 99) <= 64)
  t.ok(ledger.balanced)
  t.equal(ledger.in_flight, 0)
  await executor.close()
})

/** Items a second of a source that is asked as fast as it answers, and the ages of what its fast branch got, ms. */
async function run(options: { readonly forMs: number; readonly perMs?: number; readonly withSlow: boolean }) {
  const ages: number[] = []
  const got: number[] = []
  const start = performance.now()
  const work = mapNode('Work', (n) => {
    for (const until = performance.now() + 0.02; performance.now() < until; );
    return n
  })
  async function* paced() {
    for (let n = 0; performance.now() - start < options.forMs; n++) {
      while (options.perMs !== undefined && n > (performance.now() - start) * options.perMs)
        await new Promise((resolve) => setImmediate(resolve))
      yield { output: n }
    }
  }
  const pacedSource = defineNode({
    type: 'Paced',
    summary: 'Gives numbers at a rate.',
    outputs: { output: anything },
    create: () => ({ source: paced }),
  })
  const fast = sinkTo((n, { envelope, clock }) => {
    got.push(n)
    ages.push(clock.now() - envelope.ingress)
  }, 'Fast')
  const slow = sinkTo(() => new Promise((resolve) => setTimeout(resolve, 5)), 'Slow')
  const nodes = {
    from: { type: pacedSource },
    work: { type: work, in: { input: 'from.output' } },
    fast: { type: fast, in: { input: 'work.output' } },
  } as const
  const pipeline = options.withSlow
    ? definePipeline({
        nodes: {
          ...nodes,
          slow: { type: slow, in: { input: { from: 'work.output', policy: 'drop-oldest', max: 8 } } },
        },
      })
    : definePipeline({ nodes })
  const executor = await createExecutor(pipeline as never)
  const { ledger } = await executor.execute()
  const edges = executor.metrics().edges
  await executor.close()
  ages.sort((a, b) => a - b)
  return { ledger, got, edges, p99: ages[Math.floor(ages.length * 0.99)] ?? 0, perMs: ledger.accepted / options.forMs }
}

test('slow consumer: at half its solo rate the sibling of a slow dropping branch gets all, about as young as alone', async (t) => {
  const unpaced = await run({ forMs: 300, withSlow: false })
  const perMs = unpaced.perMs / 2
  const solo = await run({ forMs: 1000, perMs, withSlow: false })
  const beside = await run({ forMs: 1000, perMs, withSlow: true })
  const { ledger, got, edges, p99 } = beside
  t.same(got, [...Array(ledger.accepted).keys()], '100 %, in order')
  const slow = edges['work.output -> slow.input']
  t.ok((slow?.dropped.overflow ?? 0) > 0, 'the slow branch dropped')
  t.equal((slow?.taken ?? 0) + (slow?.dropped.overflow ?? 0), ledger.accepted)
  t.ok(beside.perMs > perMs * 0.8, `${beside.perMs} of ${perMs} a ms`)
  t.ok(p99 <= Math.max(3 * solo.p99, 0.2), `p99 ${p99.toFixed(3)} ms beside ${solo.p99.toFixed(3)} ms alone`)
  t.ok(ledger.balanced)
})
