/** Lower case, without punctuation. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ]/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')

/** Words put in, left out or changed on the shortest way from one text to the other, for each word of the first. */
export function wordErrorRate(reference: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, at) => at)
  for (const [at, word] of reference.entries()) {
    const next = [at + 1]
    for (const [column, other] of heard.entries())
      next.push(
        Math.min(
          (next[column] as number) + 1,
          (row[column + 1] as number) + 1,
          (row[column] as number) + (word === other ? 0 : 1),
        ),
      )
    row = next
  }
  return (row.at(-1) as number) / reference.length
}
