import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export interface ParsedFamily {
  /** As the parser calls it: a counter without its `_total`. */
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly {
    readonly name: string
    readonly labels: Record<string, string>
    readonly value: number
  }[]
}

let python: string | undefined

/** What prometheus_client's parser makes of a text; it throws what the parser does. */
export function parseMetrics(text: string, format: 'text' | 'openmetrics' = 'text'): ParsedFamily[] {
  python ??= execFileSync(
    process.execPath,
    [fileOf('../nodes-python/scripts/make-environment.mjs'), '--print-python'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  ).trim()
  const options = { input: text, encoding: 'utf8', maxBuffer: 64 << 20 } as const
  return JSON.parse(
    execFileSync(python, [fileOf('test/prometheus/parse_metrics.py'), format], options),
  ) as ParsedFamily[]
}

/** The value of the one sample with this name and, among others, these labels. */
export function sampleOf(families: readonly ParsedFamily[], name: string, labels: Record<string, string> = {}): number {
  const found = families
    .flatMap(({ samples }) => samples)
    .filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
  if (found.length !== 1) throw new Error(`${found.length} samples ${name} ${JSON.stringify(labels)}`)
  return (found[0] as { value: number }).value
}
