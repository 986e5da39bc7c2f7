import type { Places } from './places.ts'
import type { ReadFile } from './read-manifest.ts'
import type { Spot } from './source-text.ts'

type Fields = Record<string, unknown>
export type Edge = string | (Fields & { from: string })

/** A node that stands for a file. */
export interface Part {
  readonly id: string
  readonly node: Fields
  readonly spot: Spot
  readonly file: ReadFile
}

export function sourcesOf(source: unknown): readonly Edge[] {
  return (Array.isArray(source) ? source : [source]) as readonly Edge[]
}

/** A list where there was one, or where there are several; it keeps the places of the old one. */
export function unlisted(old: unknown, list: readonly Edge[], places: Places): unknown {
  if (!Array.isArray(old) && list.length === 1) return list[0]
  if (Array.isArray(old)) for (const at of list.keys()) places.copy(old, at, list)
  return list
}

/**
 * Rewrites what feeds one key of a node inside a part: a pipeline input of the used file becomes what the part is fed
 * with, any other source gets its new name. Options of both edges are merged, those of the used file win.
 */
export function partSources(
  part: Part,
  wires: Fields,
  key: string,
  rename: (ref: string) => string,
  places: Places,
): void {
  const fed = (part.node.in ?? {}) as Fields
  const inputs = (part.file.fields.inputs ?? {}) as Fields
  const old = wires[key]
  const list = sourcesOf(old).flatMap((edge): Edge[] => {
    const [ref, inside] = typeof edge === 'string' ? [edge, {}] : [edge.from, edge]
    if (ref.includes('.')) return [typeof edge === 'string' ? rename(ref) : Object.assign(edge, { from: rename(ref) })]
    // What is no input of the used file is told where the graph is checked.
    if (!Object.hasOwn(inputs, ref) || !Object.hasOwn(fed, ref)) return Object.hasOwn(inputs, ref) ? [] : [edge]
    const place = places.get(fed, ref)
    if (place !== undefined) places.set(wires, key, place)
    return sourcesOf(fed[ref]).map((outer): Edge => {
      const [from, outside] = typeof outer === 'string' ? [outer, {}] : [outer.from, outer]
      const merged = { ...outside, ...inside, from }
      return Object.keys(merged).length === 1 ? from : merged
    })
  })
  wires[key] = unlisted(old, list, places)
}
