// What a Prometheus server scrapes; the only door that loads prom-client.

export { collect } from './collect.ts'
export type { PrometheusOptions } from './prometheus-options.ts'
export { prometheusText } from './prometheus-text.ts'
