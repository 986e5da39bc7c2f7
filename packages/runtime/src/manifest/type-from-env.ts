import { manifestSchema } from './manifest-schema.ts'
import { asType, isObject } from './placeholders.ts'

let types: ReadonlyMap<string, string> | undefined

/**
 * Text from the environment in the manifest's own fields becomes what the field takes. What stands in a node's params
 * stays text here: its type is known where the node is. Gives the paths of those.
 */
export function typeFromEnv(tree: Record<string, unknown>, paths: ReadonlySet<string>): ReadonlySet<string> {
  const open = new Set<string>()
  for (const path of paths) {
    const steps = path.split('.')
    if (steps[0] === 'nodes' && steps[2] === 'params') {
      const listed = Array.isArray(tree.nodes) ? (tree.nodes[Number(steps[1])] as { id?: unknown } | null) : null
      open.add(listed === null ? path : ['nodes', listed.id, ...steps.slice(2)].join('.'))
      continue
    }
    types ??= fieldTypes(manifestSchema(), new Map())
    const name = steps.pop() as string
    const container = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], tree)
    const type = types.get(name)
    if (type === undefined || typeof container !== 'object' || container === null) continue
    const fields = container as Record<string, unknown>
    fields[name] = asType(fields[name], type) ?? fields[name]
  }
  return open
}

/** The fields that are no text, by name: a name has one type wherever it stands. */
function fieldTypes(schema: unknown, found: Map<string, string>): Map<string, string> {
  if (Array.isArray(schema)) for (const each of schema) fieldTypes(each, found)
  else if (isObject(schema))
    for (const [key, value] of Object.entries(schema)) {
      const type = isObject(value) ? value.type : undefined
      if (type === 'number' || type === 'integer' || type === 'boolean') found.set(key, type)
      fieldTypes(value, found)
    }
  return found
}
