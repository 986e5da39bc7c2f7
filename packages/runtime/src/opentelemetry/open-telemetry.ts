import { type Context, context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { ExecutionTrace, Tracing } from '../executor/tracing.ts'
import { parentOf, traceparentOf } from './traceparent.ts'

export interface OpenTelemetryOptions {
  /** Default: the global provider's tracer "@anabranch/runtime", which does nothing until an SDK is registered. */
  readonly tracer?: Tracer
}

/**
 * One span for each session and one for each execution of an execute node, retries included, for the executor's option
 * `tracing`. An execution is a child of the trace that its item carries: what `send` was given, else the session. The span
 * is active while the node is called, so that spans made inside become its children.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Tracing {
  const tracer = options.tracer ?? trace.getTracer('@anabranch/runtime')
  return {
    session: ({ pipeline, sessionId }) => {
      const attributes = { 'anabranch.pipeline': pipeline, 'anabranch.session': sessionId }
      const span = tracer.startSpan(`session ${pipeline}`, { kind: SpanKind.INTERNAL, attributes })
      return {
        traceparent: traceparentOf(span.spanContext()),
        end: (ledger, error) => {
          span.setAttributes({
            'anabranch.accepted': ledger.accepted,
            'anabranch.delivered': ledger.delivered,
            'anabranch.balanced': ledger.balanced,
          })
          finish(span, error)
        },
      }
    },
    execution: ({ pipeline, sessionId, nodeId, envelope }) => {
      const parent = parentOf(context.active(), envelope.trace)
      const attributes = {
        'anabranch.pipeline': pipeline,
        'anabranch.session': sessionId,
        'anabranch.node': nodeId,
        'anabranch.seq': envelope.seq,
        'anabranch.pts_us': envelope.pts,
      }
      return execution(tracer.startSpan(`execute ${nodeId}`, { kind: SpanKind.INTERNAL, attributes }, parent), parent)
    },
  }
}

function execution(span: Span, parent: Context): ExecutionTrace {
  return {
    run: (call) => context.with(trace.setSpan(parent, span), call),
    end: (error) => finish(span, error),
  }
}

function finish(span: Span, error: unknown): void {
  if (error !== undefined) {
    const message = error instanceof Error ? error.message : String(error)
    span.recordException(error instanceof Error ? error : message)
    span.setStatus({ code: SpanStatusCode.ERROR, message })
  }
  span.end()
}
