import { createReadStream } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { InvalidParamsError, type NodeRef, type Plugin } from '@anabranch/plugin-sdk'
import { nearest } from '@anabranch/plugin-sdk/host'
import { drawingOf, type GraphEdge, loadManifest, loadPlugins, type Manifest, Registry } from '@anabranch/runtime'
import { readAudio } from '../audio/read-audio.ts'
import { LOADING } from '../nodes/own-plugins.ts'
import { emittingNode, fedSource, type Recorded, recorder, type Schedule } from './stand-ins.ts'
import type { Fed, Mock, TestCase } from './test-case.ts'

/** A pipeline with stand-ins for what a case mocks and feeds, and a recorder for what it expects. */
export interface CasePipeline {
  readonly manifest: Manifest
  readonly registry: Registry
  /** What is sent to the inputs of the pipeline. */
  readonly sends: readonly Schedule[]
  readonly recorded: ReadonlyMap<string, Recorded[]>
}

/** @param now the clock of the case, ms from its start */
export async function casePipeline(test: TestCase, file: string, now: () => number): Promise<CasePipeline> {
  const folder = dirname(resolve(file))
  const path = resolve(folder, test.pipeline ?? file.replace(/\.test\.ya?ml$/, '.yaml').replace(/^.*[\\/]/, ''))
  const loaded = await loadManifest(path, {
    ...(test.set && { set: test.set }),
    ...(test.profile !== undefined && { profile: test.profile }),
  })
  const { edges } = drawingOf(loaded)
  const registry = new Registry()
  const nodes: Record<string, Manifest['nodes'][string]> = { ...loaded.nodes }
  const put = (id: string, node: NodeRef, rest: object) => {
    registry.register(node.spec.type, node as never)
    nodes[id] = { ...rest, type: node.spec.type }
  }
  for (const [id, mock] of Object.entries(test.mocks)) {
    const { params: _, runtime_hint: _2, placement: _3, ...rest } = nodeNamed(loaded, id, 'mocks')
    put(id, await standIn(id, mock, rest.in ?? {}, edges, folder), rest)
  }
  const schedules = await Promise.all(
    Object.entries(test.feed).map(async ([ref, fed]) => ({
      ref,
      key: keyOf(ref),
      values: await valuesOf(fed, folder),
    })),
  )
  const inputs = Object.keys(loaded.inputs ?? {})
  const sends = schedules.filter(({ ref }) => inputs.includes(ref)).map((each) => ({ ...each, key: each.ref }))
  for (const id of new Set(schedules.filter(({ ref }) => !inputs.includes(ref)).map(({ ref }) => nodeOf(ref)))) {
    nodeNamed(loaded, id, 'feed')
    const own = schedules.filter(({ ref }) => nodeOf(ref) === id)
    const keys = new Set([...own.map(({ key }) => key), ...keysRead(edges, id)])
    put(id, fedSource(typeFor('Fed', id), [...keys], own), {})
  }
  const recorded = new Map<string, Recorded[]>()
  for (const { key } of test.expect) {
    if (recorded.has(key)) continue
    nodeNamed(loaded, nodeOf(key), 'expect')
    const into: Recorded[] = []
    recorded.set(key, into)
    put(`expect--${recorded.size}`, recorder(`Recorder_${recorded.size}`, into, now), { in: { input: key } })
  }
  return { manifest: { ...loaded, nodes }, registry, sends, recorded }
}

/** Ids may have a dash, and types may not. */
const typeFor = (what: string, id: string) => `${what}_${id.replaceAll('-', '_')}`.slice(0, 64)
const nodeOf = (ref: string) => ref.split('.')[0] as string
const keyOf = (ref: string) => ref.slice(nodeOf(ref).length + 1) || 'output'

function nodeNamed({ nodes, inputs = {} }: Manifest, id: string, where: string): Manifest['nodes'][string] {
  const found = nodes[id]
  if (found !== undefined) return found
  const names = [...Object.keys(nodes), ...(where === 'feed' ? Object.keys(inputs) : [])]
  const [near] = nearest(id, names)
  throw new InvalidParamsError(
    `${where}: the pipeline has no node "${id}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    { fix: near === undefined ? `use one of ${names.slice(0, 12).join(', ')}` : `write "${near}"` },
  )
}

/** The output keys of a node that others read. */
function keysRead(edges: readonly GraphEdge[], id: string): string[] {
  return edges.flatMap(({ from }) => ('node' in from && from.node === id ? [from.key] : []))
}

async function standIn(
  id: string,
  mock: Mock,
  ins: object,
  edges: readonly GraphEdge[],
  folder: string,
): Promise<NodeRef> {
  if ('node' in mock) {
    const [plugin] = (await loadPlugins([mock.node], { ...LOADING, from: folder })) as [Plugin]
    const [only, ...more] = plugin.nodes
    if (only !== undefined && more.length === 0) return only
    throw new InvalidParamsError(`mocks.${id}: ${mock.node} has ${plugin.nodes.length} nodes`, {
      fix: 'give a plugin of one node',
    })
  }
  const inputs = Object.keys(ins)
  if (inputs.length === 0)
    throw new InvalidParamsError(`mocks.${id}: it is a source, which answers nothing`, {
      fix: `say feed: { ${id}.output: … }`,
    })
  const emit = Array.isArray(mock.emit) ? { output: mock.emit } : mock.emit
  const outputs = [...new Set([...Object.keys(emit), ...keysRead(edges, id)])]
  return emittingNode(typeFor('Mock', id), { inputs, outputs, emit, delayMs: mock.delay_ms ?? 0 }) as NodeRef
}

/** Values with the times at which they are due: sound when its last sample is. */
async function valuesOf(fed: Fed, folder: string): Promise<Schedule['values']> {
  if ('values' in fed) return fed.values.map((value, at) => ({ value, ms: at * fed.every_ms }))
  const values: { value: unknown; ms: number }[] = []
  let samples = 0
  for await (const frame of readAudio(createReadStream(resolve(folder, fed.audio)), { name: fed.audio, as: 'wav' })) {
    samples += frame.length
    values.push({ value: frame, ms: (1000 * samples) / frame.sampleRate })
  }
  return values
}
