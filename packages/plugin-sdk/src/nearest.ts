import { distance } from 'fastest-levenshtein'

/** The names within two edits of `name` (one for short names, three for long ones), nearest first: for "did you mean". */
export function nearest(name: string, names: Iterable<string>, most = 3): string[] {
  const reach = name.length > 8 ? 3 : name.length > 3 ? 2 : 1
  return [...new Set(names)]
    .map((other) => ({ other, edits: edits(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ edits }) => edits <= reach)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, most)
    .map(({ other }) => other)
}

/** Letters that only changed places are one slip, not two. */
function edits(a: string, b: string): number {
  const letters = (word: string) => [...word].sort().join('')
  const all = distance(a, b)
  return all > 1 && letters(a) === letters(b) ? 1 : all
}
