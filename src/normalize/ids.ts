import type { OtlpSpan } from '../model/otlp.ts'
import type { RefusalReason } from '../model/refusal.ts'
import type { Notices } from './notices.ts'

const TRACE_ID = /^[0-9a-f]{32}$/
const SPAN_ID = /^[0-9a-f]{16}$/
const ZEROS = /^0*$/

/** Why ids cannot be used, or null. */
export function idDefect(span: Pick<OtlpSpan, 'traceId' | 'spanId'>): RefusalReason | null {
  if (!TRACE_ID.test(span.traceId) || ZEROS.test(span.traceId)) return 'bad_trace_id'
  if (!SPAN_ID.test(span.spanId) || ZEROS.test(span.spanId)) return 'bad_span_id'
  return null
}

/** The parent id that can be used; a wrong one costs the link, not the span. */
export function parentOf(span: OtlpSpan, notices: Notices): string | null {
  const parent = span.parentSpanId
  if (parent === '') return null
  if (ZEROS.test(parent)) {
    notices.add('zero_parent_id')
    return null
  }
  if (!SPAN_ID.test(parent)) {
    notices.add('invalid_parent_id')
    return null
  }
  if (isNeverExported(span)) {
    notices.add('parent_never_exported')
    return null
  }
  if (parent === span.spanId) {
    notices.add('self_parent')
    return null
  }
  return parent
}

/** LangSmith's root names the first half of its trace id as its parent, of which no span is ever exported. */
function isNeverExported({ attributes, traceId, parentSpanId }: OtlpSpan): boolean {
  return parentSpanId === traceId.slice(0, 16) && attributes.has('langsmith.span.kind')
}
