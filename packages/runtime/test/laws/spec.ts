import fc from 'fast-check'

/** Every form of node that a random graph may have. */
export const KINDS = [
  'map',
  'filter',
  'expand',
  'split',
  'promise',
  'generator',
  'asyncGenerator',
  'retried',
  'tail',
  'chunker',
  'operatorMap',
  'operatorFilter',
  'operatorExpand',
  'operatorBatch',
  'operatorTimer',
  'operatorDerived',
  'operatorTake',
  'operatorStart',
  'streamEach',
  'streamSpan',
] as const
export type Kind = (typeof KINDS)[number]
export const JOINS = ['zip', 'merge', 'latest', 'align'] as const
export const POLICIES = ['block', 'block', 'drop-oldest', 'drop-newest', 'latest', 'error'] as const

export interface NodeSpec {
  readonly kind: number
  readonly ins: readonly number[]
  readonly join: number
  readonly policy: number
  readonly max: number
  readonly variant: number
  readonly onError: number
}

/** A random graph and what happens to it, from which everything else follows: it can be printed and shrunk. */
export interface GraphSpec {
  readonly seed: number
  readonly sources: readonly { readonly n: number; readonly async: boolean }[]
  /** Items sent by the user, some of which survive interruptions. */
  readonly sent: number
  readonly nodes: readonly NodeSpec[]
  readonly interrupts: boolean
  readonly faults: boolean
  readonly drops: boolean
  /** Cancelled after so many rounds; 0 is never. */
  readonly cancel: number
}

const nat = fc.nat(1000)
const node: fc.Arbitrary<NodeSpec> = fc.record({
  kind: nat,
  ins: fc.array(nat, { minLength: 1, maxLength: 3 }),
  join: nat,
  policy: nat,
  max: nat,
  variant: nat,
  onError: nat,
})

export function graphs(
  fixed: Partial<{ [K in keyof GraphSpec]: fc.Arbitrary<GraphSpec[K]> }> = {},
): fc.Arbitrary<GraphSpec> {
  return fc.record({
    seed: fc.integer(),
    sources: fc.array(fc.record({ n: fc.nat(40), async: fc.boolean() }), { minLength: 1, maxLength: 3 }),
    sent: fc.nat(20),
    nodes: fc.array(node, { maxLength: 9 }),
    interrupts: fc.boolean(),
    faults: fc.boolean(),
    drops: fc.boolean(),
    cancel: fc.constantFrom(0, 0, 5, 20),
    ...fixed,
  }) as fc.Arbitrary<GraphSpec>
}

/** Nothing goes wrong, so that the outputs are known. */
export const cleanGraphs = graphs({
  interrupts: fc.constant(false),
  faults: fc.constant(false),
  drops: fc.constant(false),
  cancel: fc.constant(0),
})

/** Mulberry32: a small seeded generator of numbers in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
