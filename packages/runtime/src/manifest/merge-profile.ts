import { type IssueList, unknownName } from './issue-list.ts'
import { isObject } from './placeholders.ts'
import type { Places } from './places.ts'
import type { Spot } from './source-text.ts'

/** Merges `profiles.<name>` into the tree itself, maps deeply, everything else as a whole; then drops `profiles`. */
export function mergeProfile(
  tree: Record<string, unknown>,
  name: string | undefined,
  places: Places,
  start: Spot,
  issues: IssueList,
): void {
  const profiles = tree.profiles
  if (name !== undefined) {
    const known = isObject(profiles) ? Object.keys(profiles) : []
    if (!known.includes(name))
      issues.add(unknownName('profiles', 'profile', name, known), places.find(tree, 'profiles', 'key', start))
    else if (isObject((profiles as Record<string, unknown>)[name]))
      merge(tree, (profiles as Record<string, Record<string, unknown>>)[name] as Record<string, unknown>, places)
  }
  // A wrong form is left to the schema.
  if (profiles === undefined || (isObject(profiles) && Object.values(profiles).every(isObject))) delete tree.profiles
}

function merge(into: Record<string, unknown>, from: Record<string, unknown>, places: Places): void {
  for (const [key, value] of Object.entries(from)) {
    const there = into[key]
    if (isObject(there) && isObject(value)) merge(there, value, places)
    else if (Array.isArray(there) && isObject(value) && key === 'nodes') mergeListed(there, value, places)
    else {
      into[key] = value
      places.copy(from, key, into)
    }
  }
}

/** A profile names nodes by id, also where the pipeline lists them. */
function mergeListed(nodes: unknown[], from: Record<string, unknown>, places: Places): void {
  for (const [id, value] of Object.entries(from)) {
    const there = nodes.find((node) => isObject(node) && node.id === id)
    if (isObject(there) && isObject(value)) merge(there, value, places)
    else if (isObject(value)) {
      places.copy(from, id, nodes, nodes.length)
      nodes.push({ id, ...value })
    }
  }
}
