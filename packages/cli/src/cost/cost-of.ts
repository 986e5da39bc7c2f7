import { performance } from 'node:perf_hooks'
import {
  AudioBuffer,
  audio,
  defineNode,
  definePlugin,
  type NodeFactory,
  type NodeSpec,
  type Plugin,
  type Values,
} from '@anabranch/plugin-sdk'
import { codedError, recordBody } from '@anabranch/plugin-sdk/host'
import { ownCopies } from '@anabranch/plugin-sdk/testing'
import { type Executor, loadPlugins, type NodeMetrics } from '@anabranch/runtime'
import { inputSets } from '../conform/input-sets.ts'
import { OWN_PLUGINS } from '../nodes/own-plugins.ts'
import { costGraph } from './cost-graph.ts'
import type { Cost, CostOrder } from './cost-order.ts'
import { footprint } from './footprint.ts'

/** Sets that are given before those that count, and those that count; fewer where they take longer than that. */
const WARM_UP = { sets: 200, ms: 1500 }
const COUNTED = { sets: 500, ms: 3000 }
/** How long a set is waited for before the next is given: the first one may start a process, others may be held. */
const FIRST_MS = 60_000
const NEXT_MS = 100
const CASES = 'give its params and feed in conform.json, or by --cases'

/** What a node costs, measured in this process. @throws why it cannot be told. */
export async function costOf(order: CostOrder): Promise<Cost> {
  await warmUpEngine()
  const before = footprint()
  const start = performance.now()
  const plugin = await load(order)
  const factory = plugin.nodes.find(({ spec, runtime }) => spec.type === order.type && runtime === order.runtime)
  if (factory?.spec === undefined) throw codedError('ANB_NODE_NOT_FOUND', `the plugin has no ${order.type}`, {})
  const madeAt = performance.now()
  const feed = Array.from({ length: COUNTED.sets }, (_, n) => order.feed?.[n % order.feed.length] ?? {})
  const sets = inputSets(factory.spec, feed)
  const making = performance.now() - madeAt
  const [first] = sets
  if (first === undefined) throw codedError('ANB_PLUGIN', 'a source has no frame to be timed by', {})
  if (factory.spec.purity === 'effectful' && !order.given)
    throw codedError('ANB_PLUGIN', 'it changes the world, so somebody has to say its params', { fix: CASES })
  const body = recordBody((factory as NodeFactory).create(order.params))
  const timed = body.execute !== undefined
  const cold = await costGraph(plugin, order, first)
  const [firstAt] = await give(cold, timed, sets.slice(0, WARM_UP.sets), WARM_UP.ms)
  await cold.close()

  const warm = await costGraph(plugin, order, first)
  const [, given, crossed] = await give(warm, timed, sets, COUNTED.ms)
  const after = footprint()
  const { execution_us: calls, bytes_copied } = nodeOf(warm)
  await warm.close()
  return {
    frame: frameText(first, factory.spec),
    frame_us: timed && calls.count > 0 ? { p50: calls.p50, p99: calls.p99, calls: calls.count } : null,
    copied_bytes: Math.round((bytes_copied + (order.where === 'process' ? crossed : 0)) / given),
    cold_start_ms: Math.round(firstAt - start - making),
    memory_bytes: before === null || after === null ? null : Math.max(0, after - before),
  }
}

/** Gives sets one by one, each when the one before is through; tells when the first was, how many there were, and how many bytes of audio. */
async function give(
  executor: Executor,
  timed: boolean,
  sets: readonly Values[],
  ms: number,
): Promise<[firstAt: number, given: number, bytes: number]> {
  const session = await executor.open()
  let bytes = 0
  const reading = (async () => {
    for await (const { value } of session.outputs) bytes += audioBytes({ value } as Values)
  })().catch(() => undefined)
  let given = 0
  let firstAt = 0
  let end = Number.POSITIVE_INFINITY
  for (const set of sets) {
    if (performance.now() > end || session.error !== undefined) break
    await session.send(ownCopies(set) as never).catch(() => undefined)
    bytes += audioBytes(set)
    given++
    await through(executor, timed, given)
    if (given > 1) continue
    firstAt = performance.now()
    end = firstAt + ms
  }
  await until(() => session.ledger().in_flight === 0, NEXT_MS)
  // What is held, by a throttle or a window, need not come out.
  const failure = session.error
  await session.cancel()
  if (failure !== undefined) throw codedError('ANB_PLUGIN', failure.message, { fix: CASES })
  await reading
  return [firstAt, given, bytes]
}

/** Waits until so many sets are through the node, or one is held. */
function through(executor: Executor, timed: boolean, given: number): Promise<void> {
  const done = () => {
    const { execution_us, taken } = nodeOf(executor)
    return (timed ? execution_us.count : taken) >= given
  }
  return until(done, given === 1 ? FIRST_MS : NEXT_MS)
}

async function until(done: () => boolean, ms: number): Promise<void> {
  const end = performance.now() + ms
  do await new Promise((resolve) => setImmediate(resolve))
  while (!done() && performance.now() < end)
}

const nodeOf = (executor: Executor) => executor.metrics().nodes.subject as NodeMetrics

async function load({ plugin: name, from }: CostOrder): Promise<Plugin> {
  const own = OWN_PLUGINS[name]
  if (own !== undefined) return (await own()).default
  const [plugin] = await loadPlugins([name], { from, importMs: 0 })
  return plugin as Plugin
}

/** What every pipeline needs, and no node is to pay for. */
async function warmUpEngine(): Promise<void> {
  const same = defineNode({
    type: 'CostFreeNode',
    summary: 'Gives what it takes.',
    inputs: { input: audio },
    outputs: { output: audio },
    create: () => ({ execute: ({ input }) => ({ output: input }) }),
  })
  const plugin = definePlugin({ name: 'cost-free', apiVersion: 1, nodes: [same] })
  const order = { type: same.spec.type, runtime: same.runtime, params: {} }
  const sets = inputSets(same.spec, Array(COUNTED.sets).fill({}))
  // As often as the node will be, so that what the engine itself still takes is not counted.
  for (const { ms } of [WARM_UP, COUNTED]) {
    const executor = await costGraph(plugin, order, sets[0] as Values)
    await give(executor, true, sets, ms)
    await executor.close()
  }
}

function audioBytes(values: Values): number {
  return Object.values(values).reduce<number>(
    (sum, value) => sum + (value instanceof AudioBuffer ? value.samples.byteLength : 0),
    0,
  )
}

/** `20 ms of audio at 48000 Hz`; of other values their kinds. */
function frameText(values: Values, spec: NodeSpec): string {
  return Object.entries(values)
    .map(([key, value]) => {
      if (value instanceof AudioBuffer)
        return `${Math.round((value.length * 1000) / value.sampleRate)} ms of audio at ${value.sampleRate} Hz`
      const kind = spec.inputs?.[key]?.kind ?? 'anything'
      return `one ${kind === 'anything' ? 'value' : kind}`
    })
    .join(', ')
}
