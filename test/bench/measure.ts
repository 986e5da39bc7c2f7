import type { Row, RowResult, Sample } from './row.ts'

/** Interleaved pairs of a full and of a quick run. */
export const pairs = { full: 9, quick: 3 } as const

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle]
  if (upper === undefined || lower === undefined) throw new Error('the median of nothing')
  return (lower + upper) / 2
}

async function take(sample: Sample, into: number[]): Promise<void> {
  const value = await sample()
  if (!Number.isFinite(value)) throw new Error(`a sample gave ${value}`)
  into.push(value)
}

/**
 * Runs a row here: pairs to warm up, not counted, then pairs whose order alternates, so that neither side always
 * meets the other's garbage or a processor that was just slowed down.
 */
export async function measure(row: Row, quick: boolean): Promise<RowResult> {
  const { ours, baseline, cleanup } = await row.prepare({ quick })
  const samples = { ours: [] as number[], baseline: [] as number[] }
  const n = quick ? pairs.quick : pairs.full
  try {
    for (let warmup = 0; warmup < (row.warmups ?? 1); warmup += 1) {
      await take(ours, [])
      if (baseline) await take(baseline.sample, [])
    }
    for (let pair = 0; pair < n; pair += 1) {
      const oursFirst = pair % 2 === 0
      if (oursFirst) await take(ours, samples.ours)
      if (baseline) await take(baseline.sample, samples.baseline)
      if (!oursFirst) await take(ours, samples.ours)
    }
  } finally {
    await cleanup?.()
  }
  return summarize(row, baseline?.name, samples)
}

/** The medians, the ratio, and whether the limit was met. */
export function summarize(
  { name, about, unit, better = 'less', limit, judged: wanted }: Row,
  baselineName: string | undefined,
  samples: { readonly ours: readonly number[]; readonly baseline: readonly number[] },
): RowResult {
  const value = median(samples.ours)
  const baseline = baselineName === undefined ? null : { name: baselineName, value: median(samples.baseline) }
  const ratio = baseline && value / baseline.value
  const judged = ratio === null ? 'value' : (wanted ?? 'ratio')
  const figure = judged === 'ratio' && ratio !== null ? ratio : value
  return {
    name,
    about,
    unit,
    value,
    baseline,
    ratio,
    better,
    judged,
    ...(limit !== undefined && { limit, met: better === 'less' ? figure <= limit : figure >= limit }),
    n: samples.ours.length,
    samples,
  }
}
