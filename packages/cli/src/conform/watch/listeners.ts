/** How many listeners the process has, by event. */
export function processListeners(): ReadonlyMap<string | symbol, number> {
  return new Map(process.eventNames().map((name) => [name, process.listenerCount(name)]))
}

/** Events of which there are more listeners than before. */
export function addedListeners(before: ReadonlyMap<string | symbol, number>): string[] {
  return [...processListeners()]
    .filter(([name, count]) => count > (before.get(name) ?? 0))
    .map(([name]) => String(name))
}
