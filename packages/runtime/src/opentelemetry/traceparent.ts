import { type Context, isSpanContextValid, type SpanContext, trace } from '@opentelemetry/api'

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** A span as W3C Trace Context writes it; undefined for one that is recorded nowhere. */
export function traceparentOf(span: SpanContext): string | undefined {
  if (!isSpanContextValid(span)) return undefined
  return `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 0xff).toString(16).padStart(2, '0')}`
}

/** The context below the span that a traceparent names; the given one where it names none. */
export function parentOf(active: Context, traceparent: string | undefined): Context {
  const [, version, traceId = '', spanId = '', flags = '', rest] = FORM.exec(traceparent ?? '') ?? []
  // Version ff is invalid, and version 00 has nothing after the flags.
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return active
  const span: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(span) ? trace.setSpanContext(active, span) : active
}
