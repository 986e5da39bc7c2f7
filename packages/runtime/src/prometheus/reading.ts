import { InvalidInputsError } from '@anabranch/plugin-sdk'
import type { Executor } from '../create-executor.ts'
import type { Distributions, Metrics } from '../executor/executor-metrics.ts'

/** Any executor, whatever its pipeline. */
export type AnyExecutor = Pick<Executor, 'metrics'>

/** What one executor says at one moment. */
export interface Reading {
  readonly pipeline: string
  readonly metrics: Metrics
  readonly distributions: Distributions
}

interface Readable {
  readonly graph: { readonly name: string }
  metrics(): Metrics
  distributions(): Distributions
}

/** @throws InvalidInputsError for what is no executor of this package. */
export function readable(executor: AnyExecutor): () => Reading {
  const inside = executor as Partial<Readable>
  if (typeof inside.metrics !== 'function' || typeof inside.distributions !== 'function')
    throw new InvalidInputsError('only executors can be read', {
      key: 'executors',
      fix: 'give what createExecutor() gave',
    })
  const { graph } = inside as Readable
  return () => ({
    pipeline: graph.name,
    metrics: (inside as Readable).metrics(),
    distributions: (inside as Readable).distributions(),
  })
}
