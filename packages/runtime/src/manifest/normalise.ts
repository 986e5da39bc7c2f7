import { RUNTIME_ALIASES } from '../runtime-names.ts'
import { type IssueList, unknownName } from './issue-list.ts'
import { isObject } from './placeholders.ts'
import type { Places } from './places.ts'
import type { Spot } from './source-text.ts'
import { RESERVED } from './tree-of.ts'

type Fields = Record<string, unknown>
/** A node or part, before parts are filled in. */
export type Entries = Record<string, Fields>

/** What all that follows needs: where things are written, and where problems go. */
export interface Reading {
  readonly places: Places
  readonly start: Spot
  readonly issues: IssueList
}

/** Nodes by id, edges in `in`, one name for everything: what both forms of a file mean. The tree has passed the schema. */
export function normalise(tree: Fields, reading: Reading): Fields {
  const { places } = reading
  const { $schema, nodes: given, connections, ...head } = tree
  const nodes = Array.isArray(given) ? fromList(given as Fields[], reading) : (given as Entries)
  for (const [id, node] of Object.entries(nodes)) {
    canonical(node, `nodes.${id}`, places.find(nodes, id, 'key', reading.start), reading)
    reserved(id, places.find(nodes, id, 'key', reading.start), reading)
  }
  const result: Fields = { ...head, nodes }
  for (const key of [...Object.keys(head), 'nodes']) places.copy(tree, key, result)
  if (connections !== undefined) connect(tree, nodes, connections as Fields[], reading)
  return result
}

function reserved(id: string, spot: Spot, { issues }: Reading): void {
  if (RESERVED.has(id))
    issues.add({ path: `nodes.${id}`, message: `"${id}" cannot be an id`, fix: 'choose another name' }, spot)
}

function fromList(list: readonly Fields[], { places, issues, start }: Reading): Entries {
  const nodes: Entries = {}
  for (const [at, node] of list.entries()) {
    const { id, ...rest } = node as Fields & { id: string }
    const key = places.get(node, 'id')?.value ?? places.get(list, at)?.value ?? start
    if (Object.hasOwn(nodes, id)) {
      issues.add({ path: `nodes.${at}.id`, message: `"${id}" is there twice`, fix: 'rename one of them' }, key)
      continue
    }
    for (const name of Object.keys(rest)) places.copy(node, name, rest)
    nodes[id] = rest
    places.set(nodes, id, { key, value: places.get(list, at)?.value ?? key })
  }
  return nodes
}

/** One name for what has two. */
function canonical(node: Fields, path: string, spot: Spot, { places, issues, start }: Reading): void {
  const rename = (fields: Fields, from: string, to: string, at: string) => {
    if (!Object.hasOwn(fields, from)) return
    if (Object.hasOwn(fields, to))
      issues.add(
        { path: `${at}.${from}`, message: `${from} and ${to} are the same`, fix: `leave ${from} out` },
        places.get(fields, from)?.key ?? start,
      )
    else {
      fields[to] = fields[from]
      places.copy(fields, from, fields, to)
    }
    delete fields[from]
  }
  rename(node, 'node_type', 'type', path)
  if (isObject(node.retry)) rename(node.retry, 'max_attempts', 'max_retries', `${path}.retry`)
  if (node.use === undefined && node.type === undefined)
    issues.add({ path: `${path}.type`, message: `${path} has no type`, fix: 'add type: …' }, spot)
  const hint = RUNTIME_ALIASES[node.runtime_hint as string]
  if (hint !== undefined) node.runtime_hint = hint
}

/** Edges of the list form, in the order they are declared, put where they lead to. */
function connect(
  tree: Fields,
  nodes: Entries,
  connections: readonly Fields[],
  { places, issues, start }: Reading,
): void {
  const inputs = isObject(tree.inputs) ? tree.inputs : {}
  for (const [at, connection] of connections.entries()) {
    const { from, to, output_key, input_key, ...options } = connection as Record<string, string>
    const whole = places.get(connections, at)?.value ?? start
    const spot = (name: string) => places.get(connection, name)?.value ?? whole
    const [source, target] = [split(from as string, output_key, nodes), split(to as string, input_key, nodes)]
    for (const [name, { twice }] of [
      ['output_key', source],
      ['input_key', target],
    ] as const)
      if (twice)
        issues.add(
          { path: `connections.${at}.${name}`, message: `the key is said twice`, fix: `leave ${name} out` },
          spot(name),
        )
    if (!Object.hasOwn(nodes, target.node)) {
      issues.add(unknownName(`connections.${at}.to`, 'node', target.node, Object.keys(nodes)), spot('to'))
      continue
    }
    const bare = !Object.hasOwn(nodes, source.node) && Object.hasOwn(inputs, source.node)
    const ref = bare ? source.node : `${source.node}.${source.key ?? 'output'}`
    const edge = Object.keys(options).length === 0 ? ref : { from: ref, ...options }
    if (typeof edge === 'object') {
      places.copy(connection, 'from', edge)
      for (const name of Object.keys(options)) places.copy(connection, name, edge)
    }
    const place = { key: whole, value: spot('from') }
    addSource(nodes[target.node] as Fields, target.key ?? 'input', edge, place, places)
  }
}

function split(
  ref: string,
  key: string | undefined,
  nodes: Entries,
): { node: string; key: string | undefined; twice: boolean } {
  const dot = ref.indexOf('.')
  if (dot < 0 || Object.hasOwn(nodes, ref)) return { node: ref, key, twice: false }
  return { node: ref.slice(0, dot), key: ref.slice(dot + 1), twice: key !== undefined }
}

function addSource(node: Fields, key: string, edge: unknown, place: { key: Spot; value: Spot }, places: Places): void {
  if (!isObject(node.in)) {
    node.in = {}
    places.set(node, 'in', place)
  }
  const sources = node.in as Fields
  const there = sources[key]
  if (there === undefined) {
    sources[key] = edge
    places.set(sources, key, place)
    return
  }
  const list = Array.isArray(there) ? there : [there]
  if (list !== there) {
    const first = places.get(sources, key)
    if (first !== undefined) places.set(list, 0, first)
  }
  places.set(list, list.length, place)
  list.push(edge)
  sources[key] = list
}
