import { dirname, isAbsolute, join, relative } from 'node:path'
import { LIMITS } from '@anabranch/plugin-sdk/host'
import { unknownName } from './issue-list.ts'
import type { TypeOfPlugin } from './manifest.ts'
import { withPartAliases } from './part-aliases.ts'
import { type Edge, type Part, partSources, sourcesOf, unlisted } from './part-sources.ts'
import { isObject } from './placeholders.ts'
import type { ReadFile } from './read-manifest.ts'
import type { Spot } from './source-text.ts'

type Fields = Record<string, unknown>

/** Between the id of a part and the id of a node in it: `clean--gain`. Both obey the pattern of ids. */
export const PART_SEPARATOR = '--'

const ID = new RegExp(LIMITS.id_pattern)

/** Reads a used file, expanded itself; null where that failed, and is told. */
export type ReadPart = (use: string, params: Fields, spot: Spot) => Promise<ReadFile | null>

/** The same file with the nodes of the files that it uses in the place of its parts. */
export async function expandUses(file: ReadFile, readPart: ReadPart): Promise<ReadFile> {
  const { fields, reading } = file
  const { places, start, issues } = reading
  const given = fields.nodes as Record<string, Fields>
  const parts = new Map<string, Part | null>()
  for (const [id, node] of Object.entries(given)) {
    if (node.use === undefined) continue
    const spot = places.get(node, 'use')?.value ?? start
    const read = await readPart(node.use as string, (node.params ?? {}) as Fields, spot)
    parts.set(id, read === null ? null : { id, node, spot, file: read })
  }
  if (parts.size === 0) return file
  const nodes: Record<string, Fields> = {}
  const fromEnv = new Set(file.fromEnv)
  const add = (id: string, node: Fields, from: object, fromId: string, spot: Spot) => {
    const path = `nodes.${id}`
    if (!ID.test(id))
      issues.add(
        { path, message: `"${id}" is longer than an id may be`, fix: 'give the part or the node a shorter id' },
        spot,
      )
    else if (from !== given && (Object.hasOwn(nodes, id) || Object.hasOwn(given, id)))
      issues.add(
        { path, message: `"${id}" is there twice: as a node, and as one of a part`, fix: 'rename one of them' },
        spot,
      )
    nodes[id] = node
    places.copy(from, fromId, nodes, id)
  }
  for (const [id, node] of Object.entries(given)) {
    const part = parts.get(id)
    if (part === undefined) {
      rewire(node, (ref, spot) => outer(ref, spot, `nodes.${id}.in`))
      add(id, node, given, id, start)
    } else if (part !== null) enter(part)
  }

  /** A source as this file says it, in the names of the expanded pipeline. */
  function outer(ref: string, spot: Spot, path: string): string {
    const dot = ref.indexOf('.')
    const id = dot < 0 ? ref : ref.slice(0, dot)
    const part = parts.get(id)
    if (part === undefined || part === null) return ref
    const outputs = (part.file.fields.outputs ?? {}) as Record<string, string>
    const name = dot < 0 ? '' : ref.slice(dot + 1)
    if (dot < 0) {
      const fix = `write ${id}.${Object.keys(outputs)[0] ?? 'output'}`
      issues.add({ path, message: `"${id}" is a part, not one of its outputs`, fix }, spot)
    } else if (!Object.hasOwn(outputs, name)) {
      const problem = unknownName(path, `output of ${part.node.use}`, name, Object.keys(outputs))
      issues.add(
        Object.keys(outputs).length === 0
          ? { ...problem, fix: `say outputs: { ${name}: node.key } in ${part.node.use}` }
          : problem,
        spot,
      )
    } else return `${id}${PART_SEPARATOR}${outputs[name]}`
    return ref
  }

  function rewire(node: Fields, to: (ref: string, spot: Spot) => string): void {
    if (!isObject(node.in)) return
    for (const [key, source] of Object.entries(node.in)) {
      const spot = places.get(node.in, key)?.value ?? start
      const list = sourcesOf(source).map(
        (edge): Edge =>
          typeof edge === 'string' ? to(edge, spot) : Object.assign(edge, { from: to(edge.from, spot) }),
      )
      node.in[key] = unlisted(source, list, places)
    }
  }

  function enter(part: Part): void {
    const { id, node, file: used, spot } = part
    const inner = used.fields.nodes as Record<string, Fields>
    const prefix = `${id}${PART_SEPARATOR}`
    rewire(node, (ref, at) => outer(ref, at, `nodes.${id}.in`))
    checkHead(part)
    for (const [innerId, one] of Object.entries(inner)) {
      if (isObject(one.in))
        for (const key of Object.keys(one.in)) partSources(part, one.in, key, (ref) => `${prefix}${ref}`, places)
      add(`${prefix}${innerId}`, one, inner, innerId, spot)
    }
    for (const path of used.fromEnv) fromEnv.add(path.replace(/^nodes\./, `nodes.${prefix}`))
  }

  function checkHead({ id, node, file: used, spot }: Part): void {
    const inputs = (used.fields.inputs ?? {}) as Fields
    const fed = (node.in ?? {}) as Fields
    for (const key of Object.keys(fed))
      if (!Object.hasOwn(inputs, key))
        issues.add(
          unknownName(`nodes.${id}.in.${key}`, `input of ${node.use}`, key, Object.keys(inputs)),
          places.get(fed, key)?.key ?? spot,
        )
    for (const key of Object.keys(inputs))
      if (!Object.hasOwn(fed, key))
        issues.add(
          {
            path: `nodes.${id}.in.${key}`,
            message: `nothing feeds the input "${key}" of ${node.use}`,
            fix: `add in: { ${key}: node.key }`,
          },
          spot,
        )
    const { mode, plugins } = used.fields
    if (mode !== undefined && mode !== (fields.mode ?? 'lossless'))
      issues.add(
        {
          path: 'mode',
          message: `${node.use} says mode ${mode}, this pipeline ${fields.mode ?? 'lossless'}`,
          fix: `say mode: ${mode} here too, or take it out there`,
        },
        spot,
      )
    const own = (fields.plugins ?? []) as readonly string[]
    const more = ((plugins ?? []) as string[])
      .map((name) => beside(node.use as string, name))
      .filter((name) => !own.includes(name))
    if (more.length > 0) fields.plugins = [...own, ...more]
    const named = Object.entries((used.fields.alias ?? {}) as Readonly<Record<string, TypeOfPlugin>>).map(
      ([name, { plugin, type }]) => [name, { plugin: beside(node.use as string, plugin), type }] as const,
    )
    if (named.length > 0)
      fields.alias = withPartAliases(
        (fields.alias ?? {}) as never,
        Object.fromEntries(named),
        `${node.use}`,
        issues,
        spot,
      )
  }

  if (isObject(fields.outputs))
    for (const [name, ref] of Object.entries(fields.outputs))
      if ((ref as string).includes('.'))
        fields.outputs[name] = outer(ref as string, places.get(fields.outputs, name)?.value ?? start, `outputs.${name}`)
  const result: Fields = { ...fields, nodes }
  for (const key of Object.keys(fields)) places.copy(fields, key, result)
  return { fields: result, fromEnv, reading }
}

/** A plugin that is named relative to the used file, relative to the one that uses it. */
function beside(use: string, plugin: string): string {
  if (!/^\.{1,2}\//.test(plugin) || isAbsolute(use)) return plugin
  const path = relative('.', join(dirname(use), plugin)).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}
