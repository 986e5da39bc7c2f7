import type { Metric, Registry } from 'prom-client'
import { FAMILIES } from './families.ts'
import type { Family } from './family.ts'
import { checkedOptions, type PrometheusOptions } from './prometheus-options.ts'
import { type AnyExecutor, type Reading, readable } from './reading.ts'
import { samplesOf } from './samples.ts'

/**
 * Puts the metrics of executors into a registry of prom-client. They are read when the registry is, all at one moment, and
 * cost nothing in between. Executors whose pipelines have the same name are summed. Gives the function that takes the
 * metrics out again.
 *
 * @throws InvalidInputsError for a prefix or a label that Prometheus does not take; what prom-client throws where the
 * registry has a metric of the same name.
 */
export function collect(
  registry: Registry,
  executors: AnyExecutor | readonly AnyExecutor[],
  options: PrometheusOptions = {},
): () => void {
  const { prefix, labels } = checkedOptions(options)
  const read = atOneMoment((Array.isArray(executors) ? executors : [executors]).map(readable))
  const names = FAMILIES.map((family) => {
    const name = `${prefix}${family.name}`
    registry.registerMetric(pulled(family, name, (now) => samplesOf(family, now, read(), labels)))
    return name
  })
  return () => {
    for (const name of names) registry.removeSingleMetric(name)
  }
}

/** A metric that is read when it is asked. It has what a registry calls, which is less than the type says. */
function pulled(family: Family, name: string, read: (name: string) => unknown): Metric {
  const { help, type } = family
  return {
    name, // The registry takes the `_total` off where it writes OpenMetrics.
    type,
    async get(this: { readonly name: string }) {
      return { name: this.name, help, type, aggregator: 'sum', values: read(this.name) }
    },
    reset: () => undefined,
  } as unknown as Metric
}

/** A registry asks all its metrics in one go: they share one reading. */
function atOneMoment(readers: readonly (() => Reading)[]): () => readonly Reading[] {
  let now: readonly Reading[] | null = null
  return () => {
    if (now === null) {
      now = readers.map((read) => read())
      queueMicrotask(() => {
        now = null
      })
    }
    return now
  }
}
