import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { EdgeOptions, EdgePolicy } from '../edges/edge-options.ts'
import type { EdgeSource, Manifest, ManifestEdge } from '../manifest/manifest.ts'
import type { GraphEdge, GraphSource } from './graph.ts'
import type { Problems } from './problems.ts'

const POLICIES: readonly EdgePolicy[] = ['block', 'drop-oldest', 'drop-newest', 'latest', 'error']
const OPTIONS = ['from', 'policy', 'max', 'max_ms', 'max_bytes', 'best_effort']

/** All edges of a manifest, in declared order; what cannot be an edge is a problem. Whether keys exist is asked later. */
export function edgesOf(manifest: Manifest, problems: Problems): GraphEdge[] {
  return Object.entries(manifest.nodes).flatMap(([to, node]) =>
    Object.entries(node.in ?? {}).flatMap(([inputKey, source]) =>
      listOf(source).flatMap((one) => {
        const path = `nodes.${to}.in.${inputKey}`
        const edge = typeof one === 'string' ? { from: one } : one
        if (typeof edge !== 'object' || edge === null || typeof edge.from !== 'string') {
          problems.add({ path, message: 'not a source', fix: 'write "node.key", or { from: "node.key", policy: … }' })
          return []
        }
        for (const name of Object.keys(edge))
          if (!OPTIONS.includes(name)) problems.unknown(path, 'edge option', name, OPTIONS)
        const from = sourceOf(edge.from, manifest, to, path, problems)
        return from === null ? [] : [{ from, to, inputKey, options: optionsOf(edge, path, problems) }]
      }),
    ),
  )
}

function listOf(source: EdgeSource): readonly (string | (ManifestEdge & { readonly from: string }))[] {
  return Array.isArray(source) ? source : [source as string]
}

function sourceOf(ref: string, manifest: Manifest, to: string, path: string, problems: Problems): GraphSource | null {
  const dot = ref.indexOf('.')
  if (dot < 0) {
    if (manifest.inputs !== undefined && Object.hasOwn(manifest.inputs, ref)) return { input: ref }
    if (Object.hasOwn(manifest.nodes, ref)) {
      problems.add({
        path,
        message: `"${ref}" is a node, not one of its outputs`,
        fix: `write "${ref}.output", or another of its keys`,
      })
    } else problems.unknown(path, 'pipeline input', ref, Object.keys(manifest.inputs ?? {}))
    return null
  }
  const node = ref.slice(0, dot)
  if (!Object.hasOwn(manifest.nodes, node)) {
    problems.unknown(path, 'node', node, Object.keys(manifest.nodes))
    return null
  }
  if (node === to) {
    problems.cycle([to, to])
    return null
  }
  return { node, key: ref.slice(dot + 1) }
}

function optionsOf(edge: ManifestEdge, path: string, problems: Problems): EdgeOptions {
  const policy = edge.policy ?? 'block'
  if (!POLICIES.includes(policy)) problems.unknown(path, 'policy', String(policy), POLICIES)
  const positive = (name: 'max' | 'max_ms' | 'max_bytes', whole: boolean) => {
    const value = edge[name]
    if (value === undefined) return undefined
    if (
      typeof value === 'number' &&
      Number.isFinite(value) &&
      value > 0 &&
      (!whole || Number.isInteger(value)) &&
      value <= 2 ** 31
    )
      return value
    problems.add({ path, message: `${name} is ${value}`, fix: `give a ${whole ? 'whole ' : ''}number above 0` })
    return undefined
  }
  if (policy === 'latest' && (edge.max ?? 1) !== 1)
    problems.add({ path, message: `policy latest with max ${edge.max}`, fix: 'leave max out: latest keeps one item' })
  return {
    policy,
    max: positive('max', true) ?? LIMITS.edge_items,
    maxMs: positive('max_ms', false),
    maxBytes: positive('max_bytes', true),
    bestEffort: edge.best_effort ?? policy === 'latest',
  }
}
