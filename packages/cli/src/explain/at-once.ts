import type { Plan } from '@anabranch/runtime'

/** Where a stream divides, and the nodes in a row that follow on each side. They run at the same time. */
export interface Fork {
  /** The node or input that several read; '' for sources and inputs, which are beside each other from the start. */
  readonly after: string
  readonly branches: readonly (readonly string[])[]
}

/** The forks of a plan, from its beginning. A branch ends where it divides again, or where another one joins it. */
export function atOnce({ nodes, edges, inputs }: Plan): Fork[] {
  const readers = new Map<string, Set<string>>()
  const feeds = new Map<string, Set<string>>()
  for (const { from, to } of edges) {
    const name = 'node' in from ? from.node : from.input
    readers.set(name, (readers.get(name) ?? new Set()).add(to))
    feeds.set(to, (feeds.get(to) ?? new Set()).add(name))
  }
  const branch = (first: string): string[] => {
    const ids = [first]
    for (let at = first; ; ) {
      const next = [...(readers.get(at) ?? [])]
      if (next.length !== 1 || (feeds.get(next[0] as string)?.size ?? 0) > 1) return ids
      at = next[0] as string
      ids.push(at)
    }
  }
  const starts = [...Object.keys(inputs), ...nodes.filter(({ form }) => form === 'source').map(({ id }) => id)]
  const beginning: Fork[] = starts.length > 1 ? [{ after: '', branches: starts.map(branch) }] : []
  const names = [...Object.keys(inputs), ...nodes.map(({ id }) => id)]
  const forks = names.flatMap((after): Fork[] => {
    const next = [...(readers.get(after) ?? [])]
    return next.length > 1 ? [{ after, branches: next.map(branch) }] : []
  })
  return [...beginning, ...forks]
}
