import type { OtlpSpan } from '../model/otlp.ts'

/**
 * Logfire announces a span by a zero-length `pending_span` below it, which knows the true parent. Read as
 * what it means: the start of the announced span, still running. Every other span comes back as it is, and so does one
 * without an end: it was read before, and comes from an export.
 */
export function asStarted(span: OtlpSpan): OtlpSpan {
  if (span.attributes.get('logfire.span_type') !== 'pending_span') return span
  const parent = span.attributes.get('logfire.pending_parent_id')
  if (span.parentSpanId === '' || span.endNs === 0n) return span
  return {
    ...span,
    spanId: span.parentSpanId,
    parentSpanId: typeof parent === 'string' && !/^0*$/.test(parent) ? parent.toLowerCase() : '',
    endNs: 0n,
  }
}
