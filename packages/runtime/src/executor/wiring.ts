import { type Fusing, LIMITS } from '@anabranch/plugin-sdk/host'
import type { EdgeOptions } from '../edges/edge-options.ts'
import type { Graph } from '../graph/graph.ts'
import type { NodeSettings } from '../graph/node-settings.ts'
import type { Histogram } from '../telemetry/histogram.ts'
import type { Engine } from './engine.ts'
import type { EngineNode } from './engine-node.ts'
import type { Instance } from './instances.ts'
import type { Calls } from './layers/layered.ts'
import type { OutputPort } from './output-port.ts'
import { EntryRunner } from './runners/entry-runner.ts'
import { ExecuteRunner } from './runners/execute-runner.ts'
import { Followers } from './runners/followers.ts'
import type { NodeRunner } from './runners/node-runner.ts'
import { OperatorRunner } from './runners/operator-runner.ts'
import { OutletRunner } from './runners/outlet-runner.ts'
import { SourceRunner } from './runners/source-runner.ts'
import { StreamRunner } from './runners/stream-runner.ts'

/** The ids of a session's own ends, which no node can have. */
export const ENTRY = '(inputs)'
export const OUTLET = '(outputs)'

const OUTLET_EDGE: EdgeOptions = { policy: 'block', max: LIMITS.edge_items, bestEffort: false }

/** A session's nodes, connected, not started. */
export interface Wired {
  readonly runners: ReadonlyMap<string, NodeRunner>
  readonly entry: EntryRunner | null
  readonly outlet: OutletRunner
}

/** Makes a runner for each node and an edge for each connection; final nodes lead to the outlet. */
export function wire(
  engine: Engine,
  graph: Graph,
  instances: readonly Instance[],
  durations: ((nodeId: string) => Histogram) | null,
): Wired {
  const entry = graph.inputs.length > 0 ? new EntryRunner(engine, endSettings(ENTRY, graph.inputs, false)) : null
  const runners = new Map<string, NodeRunner>()
  for (const instance of instances) runners.set(instance.node.id, makeRunner(engine, instance, durations))
  const outlet = new OutletRunner(engine, endSettings(OUTLET, [], true))
  for (const { from, to, inputKey, options } of graph.edges) {
    const consumer = runners.get(to) as NodeRunner
    if ('input' in from)
      engine.connect(entry as NodeRunner, portOf(entry as NodeRunner, from.input), consumer, inputKey, options)
    else {
      const producer = runners.get(from.node) as NodeRunner
      engine.connect(producer, portOf(producer, from.key), consumer, inputKey, options)
    }
  }
  const read = new Set(graph.edges.flatMap(({ from }) => ('node' in from ? [from.node] : [])))
  for (const [id, runner] of runners)
    if (!read.has(id))
      for (const port of runner.ports) engine.connect(runner, port, outlet, `${id}.${port.key}`, OUTLET_EDGE)
  raiseMarks(runners)
  entry?.wired(0)
  for (const { node, body } of instances) runners.get(node.id)?.wired(body.delayUs ?? 0)
  fuse(graph, instances, runners)
  return { runners, entry, outlet }
}

/** Lets the makers of fused runs call the nodes after each together with it. */
function fuse({ fused }: Graph, instances: readonly Instance[], runners: ReadonlyMap<string, NodeRunner>): void {
  const bodies = new Map(instances.map(({ node, body }) => [node.id, body]))
  for (const body of bodies.values()) body.fusing?.follow([], null)
  for (const { nodes, keys } of fused)
    for (let at = 0; at < keys.length; at++) {
      const rest = nodes.slice(at + 1)
      const [first, ...others] = rest.map((id) => runners.get(id) as ExecuteRunner) as [ExecuteRunner]
      const leader = runners.get(nodes[at] as string) as ExecuteRunner | SourceRunner
      const places = keys.slice(at).map((key, next) => portAt(runners.get(nodes[at + next] as string), key))
      const followers = new Followers(leader, [first, ...others], places as [number])
      leader.followers = followers
      const after = rest.map((id, next) => ({
        fusing: bodies.get(id)?.fusing as Fusing,
        key: keys[at + next] as string,
      }))
      bodies.get(nodes[at] as string)?.fusing?.follow(after, followers)
    }
}

const portAt = (runner: NodeRunner | undefined, key: string) =>
  runner?.ports.findIndex((port) => port.key === key) ?? -1

/** A key that a node without declared keys gave for the first time: final nodes lead to the outlet. */
export function wirePort(engine: Engine, { outlet }: Wired, runner: EngineNode, port: OutputPort): void {
  const final = runner.ports.every((other) => other.edges.every((edge) => edge.consumer === outlet))
  if (final && outlet.state === 'open') engine.connect(runner, port, outlet, `${runner.id}.${port.key}`, OUTLET_EDGE)
}

function portOf(runner: NodeRunner, key: string): OutputPort {
  return runner.ports.find((port) => port.key === key) ?? runner.newPort(key)
}

function makeRunner(
  engine: Engine,
  { node, body, calls }: Instance,
  durations: ((nodeId: string) => Histogram) | null,
): NodeRunner {
  switch (node.form) {
    case 'execute':
      return new ExecuteRunner(engine, node.settings, body, calls as Calls)
    case 'operator':
      return new OperatorRunner(engine, node.settings, body)
    case 'stream':
      return new StreamRunner(engine, node.settings, body, durations?.(node.id) ?? null)
    default:
      return new SourceRunner(engine, node.settings, body)
  }
}

/** Every edge that leads to an align carries a mark, and the nodes on the way hand marks on. */
function raiseMarks(runners: ReadonlyMap<string, NodeRunner>): void {
  const upstream = [...runners.values()].filter((runner) => runner.settings.join === 'align' && runner.ins.length > 1)
  for (const runner of upstream)
    for (const edge of runner.ins) {
      edge.marked = true
      const producer = edge.producer as NodeRunner
      if (producer.handsMarksOn) continue
      producer.handsMarksOn = true
      upstream.push(producer)
    }
}

/** How a session's own ends run. */
export function endSettings(id: string, outputKeys: readonly string[], sink: boolean): NodeSettings {
  return {
    id,
    type: id,
    outputKeys,
    outputsKnown: true,
    template: {},
    controlKeys: new Set(),
    join: 'merge',
    trigger: undefined,
    toleranceMs: 0,
    late: 'drop',
    concurrency: 1,
    ordered: true,
    onError: 'fail',
    time: 'keep',
    lineage: 'each',
    timed: false,
    elsewhere: false,
    maxHeld: LIMITS.held,
    sink,
    effectful: false,
    frameOutputs: new Set(),
    frameInputs: new Set(),
  }
}
