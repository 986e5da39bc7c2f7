// Pipelines

export type { FusedRun, GraphEdge, GraphSource } from './graph/graph.ts'
export type { Plan, PlannedNode, PlannedPort } from './graph/plan.ts'
export type { SteppedIn } from './graph/stepped-in.ts'
export { convert } from './manifest/convert.ts'
export {
  type AnyRef,
  definePipeline,
  type Nodes,
  type OutputRef,
  type Pipeline,
  type ValueAt,
} from './manifest/define-pipeline.ts'
export { formatIssues } from './manifest/format-issues.ts'
export { loadManifest } from './manifest/load-manifest.ts'
export type {
  BreakerOptions,
  EdgeSource,
  Manifest,
  ManifestEdge,
  ManifestNode,
  Mode,
  NodeOptions,
  OnError,
  RetryOptions,
} from './manifest/manifest.ts'
export type { ManifestLimits } from './manifest/manifest-limits.ts'
export { manifestSchema } from './manifest/manifest-schema.ts'
export { type ManifestOptions, type ParseOptions, parseManifest } from './manifest/parse-manifest.ts'
export { loadDraft, parseDraft } from './manifest/read-draft.ts'
export { stringifyManifest } from './manifest/stringify-manifest.ts'
export { type Validation, validate } from './validate.ts'
export { validateFile } from './validate-file.ts'

// Drawing

export { type DrawOptions, drawGraph } from './drawing/draw-graph.ts'
export { type Drawing, type DrawnNode, drawingOf, edgeLabel } from './drawing/drawing.ts'

// Plugins and registry

export { type JsonSchema, jsonSchemaOf } from './graph/json-schema-of.ts'
export type { PassedOver } from './passed-over.ts'
export type { PlanOptions } from './plan-graph.ts'
export type { PluginFile } from './plugin-files.ts'
export { type LoadPluginsOptions, loadPlugins } from './plugins/load-plugins.ts'
export { Registry, type Resolution, type UnavailablePlugin } from './registry/registry.ts'

// Running

export type { Scheduler } from './clock.ts'
export { createExecutor, type ExecutionResults, type Executor, type Output, type Session } from './create-executor.ts'
export type { EdgePolicy } from './edges/edge-options.ts'
export { FATE, type Fate } from './edges/fate.ts'
export { type DeadLetter, deadLetterLine } from './executor/dead-letter.ts'
export type { Metrics } from './executor/executor-metrics.ts'
export type { ExecutorOptions } from './executor/executor-options.ts'
export type { InterruptOptions } from './executor/interrupt.ts'
export { accountedFor, type Ledger } from './executor/ledger.ts'
export { inRealTime } from './executor/paced.ts'
export type { Probe } from './executor/probe.ts'
export type { ReloadOptions } from './executor/reloads.ts'
export type { SendOptions } from './executor/runners/entry-runner.ts'
export type { ExecutionTrace, SessionTrace, Tracing } from './executor/tracing.ts'

// Streams of Node.js

export { type DuplexEnds, duplex } from './duplex.ts'
export { jsonLine } from './nodes/json-line.ts'
export { linesOf } from './nodes/lines.ts'
export { parsedLine } from './nodes/parsed-line.ts'
export { toWritable, type WritableOptions } from './sinks/to-writable.ts'
export { sleep } from './sleep.ts'
export { type Chunks, fromReadable, type ReadableOptions } from './sources/from-readable.ts'

// Telemetry

export type { HistogramSnapshot } from './telemetry/histogram.ts'
export type { EdgeMetrics, NodeMetrics } from './telemetry/metrics.ts'
