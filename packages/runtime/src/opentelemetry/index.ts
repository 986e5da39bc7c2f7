// Spans of sessions and executions; the only door that loads @opentelemetry/api.

export { type OpenTelemetryOptions, openTelemetry } from './open-telemetry.ts'
