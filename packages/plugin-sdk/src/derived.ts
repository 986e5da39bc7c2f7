const DERIVED = Symbol.for('anabranch.derived')

/** What `derived` said of an emission. Hosts read it; everybody else sees only the outputs. */
export interface Derivation {
  /** The record objects that `next` gave, whose sets this emission is made of. */
  readonly inputs: readonly object[]
  /** The sets stay open: more outputs will be made of them. */
  readonly more: boolean
  /** There are no outputs; the sets are settled as filtered. */
  readonly empty: boolean
}

/**
 * For operators with `lineage: 'derived'`: says which inputs an output is made of, and settles them unless `more`.
 * `inputs` are the record objects that `next` gave (each set has one of its own). Without outputs they are filtered.
 *
 * @returns the outputs (an empty record where there are none), to be emitted by the operator.
 */
export function derived<R extends object>(
  inputs: object | readonly object[],
  outputs?: R,
  options: { more?: boolean } = {},
): R {
  const derivation: Derivation = {
    inputs: Array.isArray(inputs) ? inputs : [inputs],
    more: options.more ?? false,
    empty: outputs === undefined,
  }
  return Object.defineProperty({ ...(outputs as R) }, DERIVED, { value: derivation })
}

/** What was said of an emission by `derived`, if anything. */
export function derivationOf(outputs: object): Derivation | undefined {
  return (outputs as { [DERIVED]?: Derivation })[DERIVED]
}
