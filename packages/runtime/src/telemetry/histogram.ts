/** A snapshot of a distribution. */
export interface HistogramSnapshot {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

const SUB = 8 // Buckets per power of two: a quantile is off by at most 1/16 of its value.
const BUCKETS = 8 + 45 * SUB

/**
 * A log-linear histogram of whole numbers ≥ 0 in one typed array, after the bucket scheme of HdrHistogram: exact below
 * 8, then 8 buckets per power of two. Recording costs a few ns and allocates nothing; quantiles are found on read.
 */
export class Histogram {
  readonly #buckets = new Float64Array(BUCKETS)
  #count = 0
  #sum = 0
  #max = 0

  /** All of them as one. */
  static sum(histograms: Iterable<Histogram>): Histogram {
    const all = new Histogram()
    for (const one of histograms) {
      all.#count += one.#count
      all.#sum += one.#sum
      all.#max = Math.max(all.#max, one.#max)
      for (const [at, count] of one.#buckets.entries()) all.#buckets[at] = (all.#buckets[at] as number) + count
    }
    return all
  }

  record(value: number): void {
    const whole = value < 0 ? 0 : Math.round(value)
    this.#count++
    this.#sum += whole
    if (whole > this.#max) this.#max = whole
    const at = bucketOf(whole)
    this.#buckets[at] = (this.#buckets[at] as number) + 1
  }

  /** How many were recorded. */
  get count(): number {
    return this.#count
  }

  /** The sum of all that was recorded. */
  get sum(): number {
    return this.#sum
  }

  snapshot(): HistogramSnapshot {
    return {
      count: this.#count,
      p50: this.#quantile(0.5),
      p95: this.#quantile(0.95),
      p99: this.#quantile(0.99),
      max: this.#max,
    }
  }

  /** `[upper bound, count]` of each bucket in use, ascending: what an exporter needs. */
  *buckets(): Iterable<readonly [upper: number, count: number]> {
    for (const [at, count] of this.#buckets.entries()) if (count > 0) yield [upperOf(at), count]
  }

  #quantile(q: number): number {
    if (this.#count === 0) return 0
    const rank = Math.ceil(q * this.#count)
    let seen = 0
    for (const [upper, count] of this.buckets()) {
      seen += count
      if (seen >= rank) return Math.min(upper, this.#max)
    }
    return this.#max
  }
}

function bucketOf(whole: number): number {
  if (whole < 8) return whole
  if (whole < 2 ** 31) {
    const power = 31 - Math.clz32(whole)
    return 8 + (power - 3) * SUB + ((whole >> (power - 3)) & (SUB - 1))
  }
  // clz32 sees 32 bits; what is larger is found by its logarithm.
  const power = Math.min(47, Math.floor(Math.log2(whole)))
  return 8 + (power - 3) * SUB + Math.min(SUB - 1, Math.floor((whole / 2 ** power - 1) * SUB))
}

/** The largest whole number of a bucket. */
function upperOf(at: number): number {
  if (at < 8) return at
  const power = 3 + Math.floor((at - 8) / SUB)
  const step = 2 ** power / SUB
  return 2 ** power + (((at - 8) % SUB) + 1) * step - 1
}
