import { LIMITS } from '@anabranch/plugin-sdk/host'
import type { Manifest } from '../manifest/manifest.ts'
import { refuseMode } from './check-node.ts'
import type { Problems } from './problems.ts'

const ID = new RegExp(LIMITS.id_pattern)

/** Whether there are nodes to look at; what is wrong with version, mode, ids and counts is told either way. */
export function shapeOk(manifest: Manifest, problems: Problems): boolean {
  if (typeof manifest !== 'object' || manifest === null) {
    problems.add({ path: '', message: 'not a pipeline', fix: 'give { version: "v1", nodes: { … } }' })
    return false
  }
  if (manifest.version !== 'v1')
    problems.add({
      path: 'version',
      message: `version is ${JSON.stringify(manifest.version)}`,
      fix: 'write version: v1',
    })
  refuseMode(manifest.mode, problems)
  const nodes: unknown = manifest.nodes
  if (typeof nodes !== 'object' || nodes === null || Array.isArray(nodes) || Object.keys(nodes).length === 0) {
    problems.add({ path: 'nodes', message: 'there are no nodes', fix: 'give nodes: { id: { type, in } }' })
    return false
  }
  checkIds(Object.keys(nodes), Object.keys(manifest.inputs ?? {}), problems)
  for (const [id, node] of Object.entries(nodes as Record<string, { type?: unknown } | null>)) {
    if (typeof node?.type !== 'string') {
      problems.add({ path: `nodes.${id}`, message: 'it has no type', fix: 'give { type: "…" }' })
      return false
    }
    checkKeyCount(id, node as Manifest['nodes'][string], problems)
  }
  return true
}

/** As shipped, or as whoever loaded the file said. */
function limitsOf({ source }: Problems) {
  return { ...LIMITS, ...source?.limits }
}

function checkIds(ids: readonly string[], inputs: readonly string[], problems: Problems): void {
  const { nodes: most } = limitsOf(problems)
  if (ids.length > most)
    problems.add({
      path: 'nodes',
      code: 'ANB_LIMIT',
      message: `${ids.length} nodes, more than ${most}`,
      fix: 'split the pipeline',
    })
  const check = (id: string, path: string) => {
    if (!ID.test(id))
      problems.add({
        path,
        message: `"${id}" cannot be an id`,
        fix: 'use a letter, then letters, digits, "_" or "-", at most 64',
      })
  }
  for (const id of ids) check(id, `nodes.${id}`)
  for (const id of inputs) check(id, `inputs.${id}`)
}

function checkKeyCount(id: string, node: Manifest['nodes'][string], problems: Problems): void {
  const keys = Object.keys(node.in ?? {}).length
  const { keys_per_node: most } = limitsOf(problems)
  if (keys > most)
    problems.add({
      path: `nodes.${id}.in`,
      code: 'ANB_LIMIT',
      message: `${keys} input keys, more than ${most}`,
      fix: 'put several values into one, or split the node',
    })
}

/** Counted when they are known: a key may have several. */
export function checkEdgeCount(count: number, problems: Problems): void {
  const { edges: most } = limitsOf(problems)
  if (count > most)
    problems.add({
      path: 'nodes',
      code: 'ANB_LIMIT',
      message: `${count} edges, more than ${most}`,
      fix: 'split the pipeline, or raise the limit',
    })
}
