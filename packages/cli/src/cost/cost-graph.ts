import {
  AudioBuffer,
  anything,
  audio,
  defineNode,
  type NodeContext,
  type Plugin,
  type Values,
} from '@anabranch/plugin-sdk'
import { createExecutor, type Executor, Registry } from '@anabranch/runtime'
import { pino } from 'pino'
import type { CostOrder } from './cost-order.ts'

const FEED = 'CostFeedNode'

/** A graph of one node with everything else as a pipeline has it; audio comes in frames of the pool, as another node would give it. */
export async function costGraph(
  plugin: Plugin,
  { type, runtime, params }: Pick<CostOrder, 'type' | 'runtime' | 'params'>,
  set: Values,
): Promise<Executor> {
  const keys = Object.keys(set)
  const ports = Object.fromEntries(keys.map((key) => [key, set[key] instanceof AudioBuffer ? audio : anything]))
  const feed = defineNode({
    type: FEED,
    summary: 'Gives what it takes, audio in frames of the pool.',
    inputs: ports,
    outputs: ports,
    create: () => ({ execute: framed as never }),
  })
  const from = (source: string) => Object.fromEntries(keys.map((key) => [key, `${source}${key}`]))
  const manifest = {
    version: 'v1',
    name: 'cost',
    inputs: Object.fromEntries(keys.map((key) => [key, { kind: ports[key]?.kind }])),
    nodes: {
      feed: { type: FEED, in: from('') },
      subject: { type, params, runtime_hint: runtime, in: from('feed.') },
    },
  }
  const registry = new Registry([plugin])
  registry.register(FEED, feed as never)
  return createExecutor(manifest as never, { registry, log: pino({ level: 'silent' }) })
}

function framed(given: Values, context: NodeContext): Values {
  const values = Object.entries(given).map(([key, value]) => {
    if (!(value instanceof AudioBuffer) || value.length === 0) return [key, value]
    const frame = context.audio(value.length, value.sampleRate, value.channels)
    frame.samples.set(value.samples)
    return [key, frame]
  })
  return Object.fromEntries(values) as Values
}
