import type { Format } from '@anabranch/plugin-sdk'
import type { Manifest } from '../manifest/manifest.ts'
import type { FoundNode } from './check-node.ts'
import { formatsFit } from './formats-fit.ts'
import { type Formats, sourceName } from './formats-of.ts'
import type { GraphEdge } from './graph.ts'
import type { Problems } from './problems.ts'

/** An edge whose keys are not there, or whose two ends do not fit. */
export function checkEdge(
  { from, to, inputKey }: GraphEdge,
  manifest: Manifest,
  found: ReadonlyMap<string, FoundNode>,
  formats: Formats,
  problems: Problems,
): void {
  const path = `nodes.${to}.in.${inputKey}`
  const target = found.get(to)
  const inputs = target?.spec?.inputs
  const inputKeys = inputs !== undefined ? Object.keys(inputs) : target?.first.executor.inputKeys
  if (target !== undefined && (target.form === 'source' || (inputKeys !== undefined && !inputKeys.includes(inputKey))))
    return problems.unknown(path, `input of ${manifest.nodes[to]?.type}`, inputKey, inputKeys ?? [])
  let given: { kind: string; format?: Format } | undefined
  if ('input' in from) given = manifest.inputs?.[from.input]
  else {
    const source = found.get(from.node)
    const outputs = source?.spec?.outputs
    const outputKeys = outputs !== undefined ? Object.keys(outputs) : (source?.first.executor.outputKeys ?? [])
    const known = source !== undefined && (source.spec !== undefined || outputKeys.length > 0)
    if (known && !outputKeys.includes(from.key))
      return problems.unknown(path, `output of ${from.node} (${manifest.nodes[from.node]?.type})`, from.key, outputKeys)
    given = outputs?.[from.key]
  }
  const taken = inputs?.[inputKey]
  if (given === undefined || taken === undefined) return
  const source = sourceName(from)
  const mismatch = formatsFit({ kind: given.kind, format: formats.get(source) ?? {} }, taken)
  if (mismatch !== null)
    problems.add({
      path,
      message: `${source} gives ${mismatch.given}, ${to}.${inputKey} takes ${mismatch.taken}`,
      fix: mismatch.fix,
    })
}

/** A required input that nothing feeds; one whose source is wrong is told as that alone. */
export function checkInputs(
  id: string,
  found: FoundNode | undefined,
  manifest: Manifest,
  ins: readonly GraphEdge[],
  problems: Problems,
): void {
  if (found === undefined) return
  const sources = Object.entries(manifest.nodes[id]?.in ?? {})
  const fed = new Set(sources.flatMap(([key, source]) => (Array.isArray(source) && source.length === 0 ? [] : [key])))
  const ports = found.spec?.inputs ?? {}
  for (const [key, port] of Object.entries(ports))
    if (port.mode === 'required' && !fed.has(key))
      problems.add({
        path: `nodes.${id}.in.${key}`,
        message: `nothing feeds the required input "${key}"`,
        fix: `add in: { ${key}: node.key }`,
      })
  if (found.spec === undefined && found.form !== 'source' && fed.size === 0)
    problems.add({ path: `nodes.${id}.in`, message: 'nothing feeds it', fix: 'add in: { input: node.key }' })
  else if (idle(found, ins))
    problems.warn({
      path: `nodes.${id}.in`,
      message: fed.size === 0 ? 'nothing feeds it, so it never runs' : 'only control inputs feed it, so it never runs',
      fix: 'connect one of its inputs, or leave the node out',
    })
}

/** It could run without an input, as far as its spec goes, but nothing ever arrives. */
function idle({ form, spec }: FoundNode, ins: readonly GraphEdge[]): boolean {
  if (form === 'source' || spec === undefined) return false
  const ports = spec.inputs ?? {}
  if (Object.values(ports).some(({ mode }) => mode === 'required')) return false
  return !ins.some(({ inputKey }) => ports[inputKey]?.mode !== 'control')
}

/** A pipeline that nothing can enter, and inputs that lead nowhere. */
export function checkEntrances(
  manifest: Manifest,
  found: ReadonlyMap<string, FoundNode>,
  edges: readonly GraphEdge[],
  problems: Problems,
): void {
  const inputs = Object.keys(manifest.inputs ?? {})
  const allFound = found.size === Object.keys(manifest.nodes).length
  if (inputs.length === 0 && allFound && ![...found.values()].some(({ form }) => form === 'source'))
    problems.add({
      path: 'nodes',
      message: 'nothing can enter this pipeline: none of its nodes is a source, and it has no inputs',
      fix: 'add a source node, or inputs: { name: { kind } }',
    })
  const read = new Set(edges.flatMap(({ from }) => ('input' in from ? [from.input] : [])))
  for (const input of inputs)
    if (!read.has(input))
      problems.warn({
        path: `inputs.${input}`,
        message: `nothing reads the pipeline input "${input}"`,
        fix: `feed a node from it, or leave it out`,
      })
}
