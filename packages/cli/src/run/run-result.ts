import type { Executor, Ledger } from '@anabranch/runtime'
import type { OutputCount } from './deliver.ts'
import type { Position } from './progress.ts'
import { type SlowestPath, slowestPath } from './slowest-path.ts'
import { type WrittenFile, writtenFiles } from './written-files.ts'

/** How a run ended: `stopped` was told to and drained, `closed` lost its reader, `interrupted` was told twice. */
export type RunStatus = 'ok' | 'stopped' | 'closed' | 'failed' | 'interrupted'

/** What there is to tell of a run: the last line of `run --json`. */
export interface RunResult {
  readonly status: RunStatus
  /** Its fates add up to `accepted`; `dropped_by` says why. */
  readonly ledger: Omit<Ledger, 'dropped'> & { readonly dropped: number; readonly dropped_by: Record<string, number> }
  readonly total_time_ms: number
  /** From source to sink. */
  readonly latency_ms: {
    readonly count: number
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly max: number
  }
  readonly media_ms: number
  readonly nodes: Record<string, object>
  readonly edges: Record<string, object>
  readonly outputs: Record<string, OutputCount>
  readonly slowest_path: SlowestPath
  readonly files: readonly WrittenFile[]
  readonly peak_rss_bytes: number
  readonly error?: { readonly code?: string; readonly message: string; readonly node?: string; readonly fix?: string }
}

export interface Ended {
  readonly status: RunStatus
  readonly ledger: Ledger
  readonly ms: number
  readonly position: Position
  readonly outputs: Record<string, OutputCount>
  readonly error: unknown
}

export function runResult(executor: Executor, { status, ledger, ms, position, outputs, error }: Ended): RunResult {
  const metrics = executor.metrics()
  const { plan } = executor
  const where = new Map(plan.nodes.map((node) => [node.id, node.where]))
  const reasons = Object.entries(ledger.dropped).filter(([, n]) => n > 0)
  const { count, p50, p95, p99, max } = metrics.latency_us
  return {
    status,
    ledger: { ...ledger, dropped: reasons.reduce((sum, [, n]) => sum + n, 0), dropped_by: Object.fromEntries(reasons) },
    total_time_ms: rounded(ms),
    latency_ms: { count, p50: p50 / 1000, p95: p95 / 1000, p99: p99 / 1000, max: max / 1000 },
    media_ms: rounded(position.ms),
    nodes: Object.fromEntries(
      Object.entries(metrics.nodes).map(([id, node]) => [id, { where: where.get(id), ...node }]),
    ),
    // Onlookers of the command itself are no part of the pipeline.
    edges: Object.fromEntries(Object.entries(metrics.edges).filter(([name]) => !name.includes('(tap)'))),
    outputs,
    slowest_path: slowestPath(plan, metrics),
    files: writtenFiles(plan, outputs),
    peak_rss_bytes: metrics.peak_rss_bytes,
    ...(error !== undefined && { error: errorFields(error) }),
  }
}

function errorFields(error: unknown): NonNullable<RunResult['error']> {
  const { code, message, nodeId, fix } = error as { code?: string; message: string; nodeId?: string; fix?: string }
  return {
    ...(code !== undefined && { code }),
    message,
    ...(nodeId !== undefined && { node: nodeId }),
    ...(fix !== undefined && { fix }),
  }
}

const rounded = (ms: number) => Math.round(ms * 1000) / 1000
