import { checkOptions } from '../check-options.ts'
import { steppedIn } from '../graph/stepped-in.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { graphOf } from '../plan-graph.ts'
import type { Early } from '../plugins/python-plugin.ts'
import { GraphExecutor } from './executor.ts'
import { EXECUTOR_OPTIONS, type ExecutorOptions } from './executor-options.ts'

/**
 * An executor of a pipeline: checked at once, so that every problem is known before anything runs.
 *
 * @throws ManifestError with every problem, or the class of the only one.
 */
export async function makeExecutor(
  manifest: Manifest,
  options: ExecutorOptions,
  early: Early | null,
): Promise<GraphExecutor> {
  checkOptions('createExecutor()', options, EXECUTOR_OPTIONS)
  const planned = await graphOf(manifest, options)
  const { graph } = planned
  // Another runtime does what it was started for.
  if (!graph.nodes.some(({ factory }) => factory.runtime === 'python')) await early?.end()
  const executor = new GraphExecutor(planned, options, early)
  for (const { path, message, fix } of graph.warnings) executor.logFor('').warn({ path, fix }, message)
  for (const { node, runtime, passedOver } of steppedIn(graph))
    executor
      .logFor(node)
      .debug({ passed_over: passedOver.map(({ runtime, reason }) => ({ runtime, reason })) }, `runs in ${runtime}`)
  return executor
}
