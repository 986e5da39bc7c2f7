import { createExecutor, type Pipeline } from '@anabranch/runtime'
import { openTelemetry } from '@anabranch/runtime/opentelemetry'

/** Runs a pipeline once, as a part of the trace that a request came with. */
export async function traced(pipeline: Pipeline, inputs: { readonly [key: string]: string }, traceparent: string) {
  const executor = await createExecutor(pipeline, { tracing: openTelemetry() })
  try {
    return await executor.execute(inputs, { trace: traceparent })
  } finally {
    await executor.close()
  }
}
