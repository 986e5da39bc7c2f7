import { anything } from '@anabranch/plugin-sdk'
import { definePipeline, type Executor } from '@anabranch/runtime'
import { collect, prometheusText } from '@anabranch/runtime/prometheus'
import { openMetricsContentType, Registry } from 'prom-client'
import { rejected } from '../coded.ts'
import { gather, mapNode, pass } from '../nodes.ts'
import { type Stage, scenario, settled } from '../scenario.ts'
import { parseMetrics, sampleOf } from './parse-metrics.ts'

const inputs = { mic: anything }
const BUCKETS = 27

/** A pipeline in which everything happens: it fails, retries, filters, drops, is cancelled, and waits. */
async function busy(stage: Stage, name = 'busy'): Promise<Executor> {
  const waits: (() => void)[] = []
  const picky = mapNode(
    'Picky',
    (n, context) => {
      context.count('seen')
      if (n === 3) throw new Error('not this one')
      if (n === 4) return undefined
      return n
    },
    { purity: 'pure' },
  )
  const slow = mapNode('Slow', (n) => new Promise((resolve) => waits.push(() => resolve(n))))
  const executor = await stage.executor(
    definePipeline({
      metadata: { name },
      inputs,
      nodes: {
        picky: {
          type: picky,
          on_error: 'dead-letter',
          retry: { max_retries: 1, base_ms: 0 },
          in: { input: 'mic' },
        },
        slow: { type: slow, in: { input: { from: 'picky.output', policy: 'drop-oldest', max: 2 } } },
        end: { type: pass, in: { input: 'slow.output' } },
      },
    }),
  )
  const session = await executor.open()
  gather(session)
  for (let mic = 0; mic < 9; mic++) {
    await session.send({ mic })
    await stage.clock.advance(1)
  }
  for (let n = 0; n < 2; n++) {
    waits[n]?.()
    await stage.clock.advance(7)
  }
  session.interrupt({ from: ['slow'] })
  await settled()
  return executor as unknown as Executor
}

scenario('prometheus: a real parser reads what metrics() says, while it runs', async (t, stage) => {
  const executor = await busy(stage)
  const metrics = executor.metrics()
  const families = parseMetrics(await prometheusText(executor))
  const pipeline = 'busy'
  const at = (name: string, labels: Record<string, string> = {}) =>
    sampleOf(families, `anabranch_${name}`, { pipeline, ...labels })

  for (const [node, of] of Object.entries(metrics.nodes)) {
    for (const key of [
      'taken',
      'produced',
      'absorbed',
      'filtered',
      'failed',
      'dead_lettered',
      'cancelled',
      'executions',
      'errors',
      'retries',
    ] as const)
      t.equal(at(`node_${key}_total`, { node }), of[key], `${node} ${key}`)
    for (const [name, histogram] of [
      ['execution_duration', of.execution_us],
      ['first_output', of.first_output_us],
    ] as const) {
      t.equal(at(`node_${name}_seconds_count`, { node }), histogram.count)
      t.equal(at(`node_${name}_seconds_bucket`, { node, le: '+Inf' }), histogram.count)
    }
    t.equal(at('node_breaker_open', { node }), 0)
  }
  t.match(metrics.nodes.picky, { taken: 9, filtered: 1, dead_lettered: 1, errors: 1, produced: 7 }, 'it did happen')
  t.equal(at('node_counts_total', { node: 'picky', counter: 'seen' }), metrics.nodes.picky?.custom.seen)
  t.equal(metrics.nodes.slow?.cancelled, 1)

  for (const [edge, of] of Object.entries(metrics.edges)) {
    for (const key of ['pushed', 'taken', 'cancelled', 'failed'] as const)
      t.equal(at(`edge_${key}_total`, { edge }), of[key], `${edge} ${key}`)
    t.equal(at('edge_depth', { edge }), of.depth)
    t.equal(at('edge_high_water', { edge }), of.high_water)
    t.equal(at('edge_age_seconds_count', { edge }), of.age_us.count)
    for (const [reason, count] of Object.entries(of.dropped)) t.equal(at('edge_dropped_total', { edge, reason }), count)
  }
  t.ok((metrics.edges['picky.output -> slow.input']?.dropped.overflow ?? 0) > 0, 'it did drop')

  const { ledger } = metrics
  t.equal(at('run_accepted_total'), 9)
  t.equal(at('run_in_flight'), ledger.in_flight)
  for (const fate of ['delivered', 'filtered', 'cancelled', 'dead_lettered', 'failed'] as const)
    t.equal(at('run_settled_total', { fate }), ledger[fate], fate)
  for (const [reason, count] of Object.entries(ledger.dropped))
    t.equal(at('run_settled_total', { fate: 'dropped', reason }), count, reason)
  t.equal(at('run_latency_seconds_count'), metrics.latency_us.count)
  t.equal(at('sessions'), 1)
  t.equal(sampleOf(families, 'anabranch_process_peak_memory_bytes') >= 1e6, true)
})

scenario('prometheus: histograms are cumulative, in seconds, and exact', async (t, stage) => {
  const executor = await busy(stage)
  const families = parseMetrics(await prometheusText(executor))
  for (const { name, type, samples } of families) {
    if (type !== 'histogram') continue
    const buckets = samples.filter((sample) => sample.name.endsWith('_bucket'))
    for (let n = 0; n < buckets.length; n += BUCKETS) {
      const one = buckets.slice(n, n + BUCKETS)
      const values = one.map(({ value }) => value)
      t.same(
        values,
        [...values].sort((a, b) => a - b),
        name,
      )
      t.equal(one.at(-1)?.labels.le, '+Inf')
    }
  }
  // Slow took 9 and 7 virtual ms; its third set was interrupted and has not ended. See busy.
  const name = 'anabranch_node_execution_duration_seconds'
  const node = 'slow'
  t.equal(sampleOf(families, `${name}_sum`, { node }), 0.016)
  const le = (bound: string) => sampleOf(families, `${name}_bucket`, { node, le: bound })
  t.same([le('0.004095'), le('0.008191'), le('0.016383'), le('+Inf')], [0, 1, 2, 2])
})

scenario('prometheus: names and units follow the conventions', async (t, stage) => {
  const families = parseMetrics(await prometheusText(await busy(stage)))
  t.ok(families.length > 25)
  for (const { name, type, help, samples } of families) {
    t.match(name, /^anabranch_[a-z]+(_[a-z]+)*$/, 'snake case, lower case')
    t.match(help, /^[A-Z0-9].*\.$/, `${name} says what it is`)
    t.notMatch(name, /_(count|sum|bucket|total|info|gauge|counter|histogram)$/, 'no suffix that belongs to a type')
    t.notMatch(name, /(milli|micro|nano)seconds|_(ms|us|ns|kb|mb)(_|$)/, 'base units')
    if (type === 'counter') for (const sample of samples) t.match(sample.name, /_total$/)
    if (type === 'histogram') t.match(name, /_seconds$/)
    if (type === 'gauge') t.notMatch(name, /_total$/)
    for (const { labels } of samples)
      for (const label of Object.keys(labels)) t.match(label, /^(pipeline|node|edge|reason|fate|counter|le)$/)
  }
})

scenario(
  'prometheus: prefix and labels of the user; pipelines side by side, sums of the same one',
  async (t, stage) => {
    const executors = [await busy(stage), await busy(stage), await busy(stage, 'other "quoted"\\')]
    const text = await prometheusText(executors, { prefix: 'my_', labels: { host: 'a\nb' } })
    const families = parseMetrics(text)
    const taken = (pipeline: string) =>
      sampleOf(families, 'my_node_taken_total', { pipeline, node: 'picky', host: 'a\nb' })
    t.equal(taken('busy'), 18)
    t.equal(taken('other "quoted"\\'), 9)
    t.equal(sampleOf(families, 'my_sessions', { pipeline: 'busy' }), 2)
    const edge = 'picky.output -> slow.input'
    t.equal(sampleOf(families, 'my_edge_high_water', { pipeline: 'busy', edge }), 2, 'the highest, not the sum')
    const counts = executors[0]?.metrics().latency_us.count ?? 0
    t.equal(sampleOf(families, 'my_run_latency_seconds_count', { pipeline: 'busy' }), 2 * counts)
  },
)

scenario('prometheus: in a registry of one’s own, read at each scrape; OpenMetrics too', async (t, stage) => {
  const executor = await busy(stage)
  const registry = new Registry()
  const remove = collect(registry, executor)
  const taken = async () =>
    sampleOf(parseMetrics(await registry.metrics()), 'anabranch_node_taken_total', { node: 'picky' })
  t.equal(await taken(), 9)
  await stage.sessions[0]?.send({ mic: 1 })
  await settled()
  t.equal(await taken(), 10)
  t.throws(() => collect(registry, executor), /already been registered/)
  remove()
  t.equal((await registry.metrics()).trim(), '')
  const open = new Registry()
  open.setContentType(openMetricsContentType as never)
  collect(open, executor)
  const families = parseMetrics(await open.metrics(), 'openmetrics')
  t.equal(sampleOf(families, 'anabranch_node_taken_total', { node: 'picky' }), 10)
  t.equal(families.find(({ name }) => name === 'anabranch_edge_age_seconds')?.type, 'histogram')
})

scenario('prometheus: counters never fall: sessions that close stay counted, taps are left out', async (t, stage) => {
  const executor = await stage.executor(definePipeline({ inputs, nodes: { p: { type: pass, in: { input: 'mic' } } } }))
  const edge = '(inputs).mic -> p.input'
  for (const n of [1, 2, 3]) {
    const session = await executor.open()
    const seen = session.tap('p.output').subscribe(() => undefined)
    gather(session)
    await session.send({ mic: n })
    await settled()
    const families = parseMetrics(await prometheusText(executor))
    t.equal(sampleOf(families, 'anabranch_edge_taken_total', { edge }), n)
    t.equal(sampleOf(families, 'anabranch_edge_age_seconds_count', { edge }), n)
    t.equal(sampleOf(families, 'anabranch_run_settled_total', { fate: 'delivered' }), n)
    t.notOk(families.some(({ samples }) => samples.some(({ labels }) => labels.edge?.includes('(tap)'))))
    seen.unsubscribe()
    await session.end()
  }
  const after = parseMetrics(await prometheusText(executor))
  t.equal(sampleOf(after, 'anabranch_session_duration_seconds_count'), 3)
  t.equal(sampleOf(after, 'anabranch_sessions'), 0)
})

scenario('prometheus: a prefix, a label or a thing that cannot be is refused', async (t, stage) => {
  const executor = await busy(stage)
  for (const [options, message] of [
    [{ prefix: '9lives' }, /"9lives" cannot begin/],
    [{ prefix: 'a-b' }, /cannot begin/],
    [{ labels: { node: 'x' } }, /used already/],
    [{ labels: { 'a b': 'x' } }, /no name of a label/],
    [{ labels: { __name__: 'x' } }, /no name of a label/],
  ] as const)
    t.match((await rejected('ANB_INPUTS', prometheusText(executor, options))).message, message)
  t.match((await rejected('ANB_INPUTS', prometheusText({} as never))).message, /only executors/)
})
