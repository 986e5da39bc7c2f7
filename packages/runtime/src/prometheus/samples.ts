import type { MetricValueWithName } from 'prom-client'
import { Histogram } from '../telemetry/histogram.ts'
import type { Family, Labels } from './family.ts'
import type { Reading } from './reading.ts'

/**
 * Upper bounds of the buckets, µs: 2^n − 1, from 1 µs to 67 s. Recorded times are whole µs, and each power of two begins a
 * bucket of the histogram, so the counts are exact.
 */
const BOUNDS: readonly number[] = Array.from({ length: 26 }, (_, n) => 2 ** (n + 1) - 1)

/** The samples of one metric at one moment, as prom-client writes them. */
export function samplesOf(
  family: Family,
  name: string,
  readings: readonly Reading[],
  labels: Labels,
): MetricValueWithName<string>[] {
  const all = new Map<string, { readonly labels: Labels; readonly values: (number | Histogram)[] }>()
  for (const reading of readings)
    family.read(reading, (own, value) => {
      const key = JSON.stringify(own)
      const same = all.get(key)
      if (same === undefined) all.set(key, { labels: { ...labels, ...own }, values: [value] })
      else same.values.push(value)
    })
  return [...all.values()].flatMap(({ labels: own, values }) =>
    family.type === 'histogram'
      ? ofHistogram(name, own, values as Histogram[])
      : [{ labels: own, value: merged(family, values as number[]) } as MetricValueWithName<string>],
  )
}

function merged({ merge }: Family, values: readonly number[]): number {
  return merge === 'max' ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0)
}

function ofHistogram(name: string, labels: Labels, histograms: readonly Histogram[]): MetricValueWithName<string>[] {
  const [only] = histograms
  const histogram = histograms.length === 1 && only !== undefined ? only : Histogram.sum(histograms)
  const buckets = [...histogram.buckets()]
  let at = 0
  let count = 0
  const sample = (suffix: string, value: number, le?: string) => ({
    metricName: `${name}_${suffix}`,
    labels: le === undefined ? labels : { ...labels, le },
    value,
  })
  return [
    ...BOUNDS.map((bound) => {
      for (let next = buckets[at]; next !== undefined && next[0] <= bound; next = buckets[++at]) count += next[1]
      return sample('bucket', count, seconds(bound))
    }),
    sample('bucket', histogram.count, '+Inf'),
    sample('sum', histogram.sum / 1e6),
    sample('count', histogram.count),
  ]
}

/** A bound as Go writes it, which OpenMetrics asks for: below 10^-4 with an exponent of two digits. */
function seconds(us: number): string {
  const value = us / 1e6
  return value < 1e-4 ? value.toExponential().replace(/e-(\d)$/, 'e-0$1') : String(value)
}
