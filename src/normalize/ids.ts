import type { OtlpSpan } from '../model/otlp.ts'
import type { RefusalReason } from '../model/refusal.ts'
import type { Notices } from './notices.ts'

const ZEROS = /^0*$/

/** True for lower-case hex of a length that is not all zeros. */
function isId(text: string, length: number): boolean {
  if (text.length !== length) return false
  let some = false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x30) continue
    if (code < 0x30 || (code > 0x39 && code < 0x61) || code > 0x66) return false
    some = true
  }
  return some
}

/** Why ids cannot be used, or null. */
export function idDefect(span: Pick<OtlpSpan, 'traceId' | 'spanId'>): RefusalReason | null {
  if (!isId(span.traceId, 32)) return 'bad_trace_id'
  if (!isId(span.spanId, 16)) return 'bad_span_id'
  return null
}

/** The parent id that can be used; a wrong one costs the link, not the span. */
export function parentOf(span: OtlpSpan, notices: Notices): string | null {
  const parent = span.parentSpanId
  if (parent === '') return null
  if (!isId(parent, 16)) {
    notices.add(ZEROS.test(parent) ? 'zero_parent_id' : 'invalid_parent_id')
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
  return traceId.startsWith(parentSpanId) && attributes.has('langsmith.span.kind')
}
