import {
  type AnabranchError,
  AudioBuffer,
  defineNode,
  type NodeContext,
  type NodeFactory,
  type Port,
  type Values,
} from '@anabranch/plugin-sdk'
import { createExecutor, Registry } from '@anabranch/runtime'
import { pino } from 'pino'
import type { TrialGraph, TrialLog, TrialNode } from './trial.ts'

/**
 * A graph of one node, which is fed by hand. A set that fails is not tried again: what comes of one try is looked at.
 *
 * @param executes whether it is of the execute form, which alone is tried again, and stopped by a breaker.
 * @param framed audio is put into frames of a pool before, as another node would give it; otherwise values come as they are.
 */
export async function trialGraph(
  node: TrialNode,
  keys: readonly string[],
  executes: boolean,
  framed: boolean,
): Promise<TrialGraph> {
  const { plugin, type, runtime, where, params } = node
  const failures: { session: string; error: AnabranchError }[] = []
  const logs: TrialLog[] = []
  const spec = plugin.nodes.find((each) => each.spec.type === type && each.runtime === runtime)?.spec
  const ports = Object.fromEntries(keys.map((key) => [key, spec?.inputs?.[key] as Port]))
  const registry = new Registry([plugin])
  const feeds = framed && Object.values(ports).some(({ kind }) => kind === 'audio')
  if (feeds) registry.register(FEED, feedOf(ports))
  const from = (source: string) => Object.fromEntries(keys.map((key) => [key, `${source}${key}`]))
  const subject = {
    type,
    params,
    runtime_hint: runtime,
    on_error: 'dead-letter',
    ...(executes && { retry: { max_retries: 0 }, breaker: { failures: 100_000 } }),
    ...(where !== 'process' && { placement: { where } }),
    ...(keys.length > 0 && { in: from(feeds ? 'feed.' : '') }),
  }
  const manifest = {
    version: 'v1',
    name: 'conform',
    ...(keys.length > 0 && { inputs: Object.fromEntries(keys.map((key) => [key, described(ports[key] as Port)])) }),
    nodes: { ...(feeds && { feed: { type: FEED, in: from('') } }), subject },
  }
  const executor = await createExecutor(manifest as never, {
    registry,
    onDeadLetter: ({ error, envelope }) => void failures.push({ session: envelope.session, error }),
    log: pino({ level: 'warn' }, { write: (line: string) => void logs.push(JSON.parse(line) as TrialLog) }),
  })
  return { executor, failures, logs }
}

const FEED = 'ConformFeedNode'

/** The node before the one under test. */
function feedOf(ports: Readonly<Record<string, Port>>): NodeFactory {
  const given = Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, { ...port, mode: 'required' }]))
  return defineNode({
    type: FEED,
    summary: 'Gives what it takes, audio in frames of the pool.',
    inputs: ports,
    outputs: given as never,
    create: () => ({
      execute: (given: object, context: NodeContext) => {
        const framed = Object.entries(given as Values).map(([key, value]) => {
          if (!(value instanceof AudioBuffer) || value.length === 0) return [key, value]
          const frame = context.audio(value.length, value.sampleRate, value.channels)
          frame.samples.set(value.samples)
          return [key, frame]
        })
        return Object.fromEntries(framed)
      },
    }),
  } as never) as unknown as NodeFactory
}

const described = ({ kind, format }: Port) => ({ kind, ...(format !== undefined && { format }) })
