/** What flows in a random graph: the ids of the roots it is made of, and a number that tells outputs apart. */
export interface Token {
  readonly roots: number[]
  readonly x: number
}

/** An item as the oracle sees it: media time and number. */
export type Expected = readonly [pts: number, x: number]

export const MODULUS = 1_000_003

/** All root ids in a value: a token, a list of them, an input record. */
export function rootsOf(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return []
  if ('roots' in value) return (value as Token).roots
  return [...new Set(Object.values(value).flatMap(rootsOf))]
}

/** The number of a value; of several, in order, without those that are absent. */
export function numberOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if ('x' in value) return (value as Token).x
  return numbersOf(Object.values(value).flatMap((part) => (part === undefined ? [] : [numberOf(part)])))
}

export function numbersOf(parts: readonly number[]): number {
  return parts.reduce((sum, part) => (sum * 7 + part) % MODULUS, 0)
}

/** A new token of node `i`, made of `value`. */
export function made(i: number, value: unknown, x = numberOf(value)): Token {
  return { roots: [...new Set(rootsOf(value))], x: (x + i) % MODULUS }
}
