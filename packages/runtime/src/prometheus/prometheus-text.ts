import { Registry } from 'prom-client'
import { collect } from './collect.ts'
import type { PrometheusOptions } from './prometheus-options.ts'
import type { AnyExecutor } from './reading.ts'

/**
 * All metrics of executors in the text format of Prometheus (version 0.0.4), while they run as well as after. Durations
 * are in seconds, counters end in `_total`; docs/telemetry.md lists them.
 *
 * @throws InvalidInputsError for a prefix or a label that Prometheus does not take.
 */
export async function prometheusText(
  executors: AnyExecutor | readonly AnyExecutor[],
  options: PrometheusOptions = {},
): Promise<string> {
  const registry = new Registry()
  collect(registry, executors, options)
  return registry.metrics()
}
