import type { Buffer } from 'node:buffer'

/** Copies bytes and returns where they end in the target. A loop is quicker than a call where they are few. */
export function copyBytes(source: Buffer, from: number, end: number, target: Buffer, at: number): number {
  if (end - from > 64) return at + source.copy(target, at, from, end)
  let to = at
  for (let index = from; index < end; index++) target[to++] = source[index] as number
  return to
}
