import type { Histogram } from '../telemetry/histogram.ts'
import type { Reading } from './reading.ts'

export type Labels = Readonly<Record<string, string>>

/** One metric: what it is called, and how its samples are read. */
export interface Family {
  /** Without the prefix. */
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** How samples with the same labels, of two executors of one pipeline, become one. Default: their sum. */
  readonly merge?: 'max'
  /** Gives each sample; a histogram as it is, in µs. */
  read(reading: Reading, add: (labels: Labels, value: number | Histogram) => void): void
}
