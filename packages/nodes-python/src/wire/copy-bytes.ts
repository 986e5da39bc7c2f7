import type { Buffer } from 'node:buffer'

/** Copies bytes and returns where they end in the target. A loop is quicker than a call where they are few. */
export function copyBytes(source: Uint8Array, from: number, end: number, target: Buffer, at: number): number {
  let to = at
  if (end - from > 64) {
    target.set(source.subarray(from, end), at)
    return at + end - from
  }
  for (let index = from; index < end; index++) target[to++] = source[index] as number
  return to
}
