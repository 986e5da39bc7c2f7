/** Ids in topological order; where that leaves a choice, in the order given. `null` where there is a cycle. */
export function topologicalOrder(
  ids: readonly string[],
  edges: readonly (readonly [from: string, to: string])[],
): string[] | null {
  const waits = new Map(ids.map((id) => [id, 0]))
  const next = new Map<string, string[]>()
  for (const [from, to] of edges) {
    waits.set(to, (waits.get(to) ?? 0) + 1)
    next.set(from, [...(next.get(from) ?? []), to])
  }
  const rank = new Map(ids.map((id, at) => [id, at]))
  const ready = ids.filter((id) => waits.get(id) === 0)
  const order: string[] = []
  while (ready.length > 0) {
    const id = ready.shift() as string
    order.push(id)
    for (const to of next.get(id) ?? []) {
      const left = (waits.get(to) ?? 0) - 1
      waits.set(to, left)
      if (left === 0) insertByRank(ready, to, rank)
    }
  }
  return order.length === ids.length ? order : null
}

function insertByRank(ready: string[], id: string, rank: ReadonlyMap<string, number>): void {
  const own = rank.get(id) ?? 0
  let at = ready.length
  while (at > 0 && (rank.get(ready[at - 1] as string) ?? 0) > own) at--
  ready.splice(at, 0, id)
}

/** One cycle, as the ids along it with the first repeated at the end; null where there is none. Iterative: graphs may be deep. */
export function findCycle(
  ids: readonly string[],
  edges: readonly (readonly [from: string, to: string])[],
): string[] | null {
  const next = new Map<string, string[]>()
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  for (const start of ids) {
    const path: string[] = []
    const onPath = new Set<string>()
    const stack: { readonly id: string; readonly leave: boolean }[] = [{ id: start, leave: false }]
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { id, leave } = top
      if (leave) {
        path.pop()
        onPath.delete(id)
        done.add(id)
      } else if (onPath.has(id)) return [...path.slice(path.indexOf(id)), id]
      else if (!done.has(id)) {
        path.push(id)
        onPath.add(id)
        stack.push({ id, leave: true })
        for (const to of [...(next.get(id) ?? [])].reverse()) stack.push({ id: to, leave: false })
      }
    }
  }
  return null
}
