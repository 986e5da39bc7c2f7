/**
 * One side of a row. Each call does the work once, throws where the result is wrong, and gives the figure in the row's
 * unit. Checking belongs outside the timed part.
 */
export type Sample = () => number | Promise<number>

/** What a row measures, made anew for each run. */
export interface Measured {
  readonly ours: Sample
  /** What ours is compared with in interleaved pairs; null for an absolute figure. */
  readonly baseline: { readonly name: string; readonly sample: Sample } | null
  /** Called once, after the last sample, also when one threw. */
  cleanup?(): void | Promise<void>
}

/**
 * A line of the benchmark. Each row lives in a file of its own under `rows/`, is listed in `rows.ts`, and runs in a
 * fresh process, so that one row's code and garbage do not weigh on another's.
 */
export interface Row {
  /** snake_case; the key in `rows.ts`. */
  readonly name: string
  /** What the figure is, in a few words. */
  readonly about: string
  /** Of one sample, for example `ns/frame`. */
  readonly unit: string
  /** Default `less`. The ratio is always ours / baseline. */
  readonly better?: 'less' | 'more'
  /** What the ratio (the value where there is no baseline) should not pass: from above, or from below for `more`. */
  readonly limit?: number
  /** Default `ratio` where there is a baseline: which of the two figures the limit is for. */
  readonly judged?: 'ratio' | 'value'
  /** Pairs before the first that counts. Default 1; code that V8 goes on compiling for long says more. */
  readonly warmups?: number
  /** Flags of the row's process, for example `--expose-gc`. */
  readonly nodeFlags?: readonly string[]
  prepare(options: { readonly quick: boolean }): Measured | Promise<Measured>
}

/** What a row gave: one element of the list that `--json` writes. */
export interface RowResult {
  readonly name: string
  readonly about: string
  readonly unit: string
  /** The median of our samples. */
  readonly value: number
  readonly baseline: { readonly name: string; readonly value: number } | null
  /** Median over median, ours / baseline; null without a baseline. */
  readonly ratio: number | null
  readonly better: 'less' | 'more'
  readonly limit?: number
  /** Which figure the limit is for. */
  readonly judged: 'ratio' | 'value'
  readonly met?: boolean
  /** Pairs, or samples where there is no baseline. */
  readonly n: number
  readonly samples: { readonly ours: readonly number[]; readonly baseline: readonly number[] }
}
