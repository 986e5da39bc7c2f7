import type { Clock } from '@anabranch/plugin-sdk'
import { LIMITS, type RecordBody } from '@anabranch/plugin-sdk/host'
import type { GraphNode } from '../../graph/graph.ts'
import type { NodeStats } from '../../telemetry/node-stats.ts'
import { type Breaker, breaker } from './breaker.ts'
import type { Execute, Layer } from './layer.ts'
import { metrics } from './metrics.ts'
import { retry } from './retry.ts'
import { timeout } from './timeout.ts'
import { validateInputs } from './validate-inputs.ts'

export interface LayerOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly stats: NodeStats
  readonly breaker: Breaker
  /** Whether executions are counted and timed. */
  readonly metrics: boolean
  /** What makes a span of each; null where nobody wants any. */
  readonly trace: Layer | null
}

/** How a node's work is called. */
export interface Calls {
  /** A set that was not answered at once came to a good end. */
  answered(): void
  /** Whether no failures stand between a set and the node. */
  readonly healthy: boolean
  /** The way for the next call: through the breaker only while it is not healthy, and timed or not. Asked again after a failure. */
  choose(timed: boolean): Execute
}

/**
 * A node's work with the layers its options ask for. Outside in: metrics, trace, breaker, total timeout, retry, attempt
 * timeout, validateInputs. Null where it is not of the execute form.
 */
export function layered(node: GraphNode, body: RecordBody, options: LayerOptions): Calls | null {
  const { execute, validateInputs: validate } = body
  if (execute === undefined) return null
  const { clock, stats } = options
  const exclusive = node.settings.concurrency === 1
  // A thread or a process that does not answer is ended meanwhile, and made anew.
  const ownPlace = node.factory.inFlight === undefined ? 0 : LIMITS.worker_replaced_ms
  const patienceMs = node.thread === null ? ownPlace : 2 * LIMITS.thread_ping_ms
  const layers: (Layer | false)[] = [
    node.totalTimeoutMs !== undefined && timeout(node.totalTimeoutMs, clock, 'total', exclusive, patienceMs),
    node.retry.max_retries > 0 &&
      retry({
        maxRetries: node.retry.max_retries,
        baseMs: node.retry.base_ms,
        capMs: node.retry.cap_ms,
        jitter: node.retry.jitter,
        clock,
        random: options.random,
        onRetry: () => {
          stats.retries++
        },
        onGivenUp: (error, attempts) => {
          if (typeof error === 'object' && error !== null) stats.attempts.set(error, attempts)
        },
      }),
    node.timeoutMs !== undefined && timeout(node.timeoutMs, clock, 'attempt', exclusive, patienceMs),
    validate !== undefined && validateInputs((inputs) => validate.call(body, inputs)),
  ]
  // A closure, not `bind`: what is called at one place is then of one kind over all nodes, and inlined.
  const bare: Execute = (inputs, context) => execute.call(body, inputs, context)
  const inside = layers.reduceRight<Execute>((inner, layer) => (layer === false ? inner : layer(inner)), bare)
  const trace: Layer = options.trace ?? ((inner) => inner)
  const [plain, guarded] = [trace(inside), trace(breaker(options.breaker)(inside))]
  const measure: Layer = options.metrics ? metrics(stats.executionUs, clock, body.fusing) : (inner) => inner
  const [timedPlain, timedGuarded] = [measure(plain), measure(guarded)]
  return {
    answered: () => options.breaker.answered(),
    get healthy() {
      return options.breaker.healthy
    },
    choose: (timed) => (options.breaker.healthy ? (timed ? timedPlain : plain) : timed ? timedGuarded : guarded),
  }
}
