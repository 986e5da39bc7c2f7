import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanStatus,
  type Tracer,
  trace,
} from '@opentelemetry/api'

/** A span as a test looks at it. */
export interface Recorded {
  readonly name: string
  readonly own: SpanContext
  readonly parent: SpanContext | undefined
  readonly attributes: Attributes
  status: SpanStatus | undefined
  exception: unknown
  ended: number
}

/** A tracer by the API alone, which keeps its spans. */
export function recordingTracer(): { readonly tracer: Tracer; readonly spans: Recorded[] } {
  const spans: Recorded[] = []
  const startSpan: Tracer['startSpan'] = (name, options = {}, within = context.active()) => {
    const parent = trace.getSpanContext(within)
    const number = (spans.length + 1).toString(16)
    const own = {
      traceId: parent?.traceId ?? number.padStart(32, 'a'),
      spanId: number.padStart(16, '0'),
      traceFlags: 1,
    }
    const recorded: Recorded = {
      name,
      own,
      parent,
      attributes: { ...options.attributes },
      status: undefined,
      exception: undefined,
      ended: 0,
    }
    spans.push(recorded)
    const span = {
      spanContext: () => own,
      setAttributes: (more: Attributes) => Object.assign(recorded.attributes, more),
      recordException: (exception: unknown) => {
        recorded.exception = exception
      },
      setStatus: (status: SpanStatus) => {
        recorded.status = status
      },
      end: () => {
        recorded.ended++
      },
    }
    return span as unknown as Span
  }
  return { tracer: { startSpan } as Tracer, spans }
}

/** Makes the active context follow promises, as an SDK does. Gives the function that takes it away. */
export function followPromises(): () => void {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...args) => storage.run(active, () => run.apply(self as never, args)),
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  context.setGlobalContextManager(manager)
  return () => context.disable()
}
