import type { ExecutionTrace, Tracing } from '../tracing.ts'
import { isPlain, type Layer, watch } from './layer.ts'

/** One span for each input set: around its retries, as long as its promise or iterable lasts. */
export function trace(tracing: Tracing, pipeline: string): Layer {
  return (execute) => (inputs, context) => {
    const { nodeId, sessionId, envelope } = context
    const span: ExecutionTrace = tracing.execution({ pipeline, nodeId, sessionId, envelope })
    let result: unknown
    try {
      result = span.run(() => execute(inputs, context))
    } catch (error) {
      span.end(error)
      throw error
    }
    if (!isPlain(result))
      return watch(
        result,
        () => span.end(),
        (error) => span.end(error),
      )
    span.end()
    return result
  }
}
