import { holdToGrant } from '../access/grant.ts'
import type { OtlpSpan, Resource, Scope, TraceRequest } from '../model/otlp.ts'
import type { Refusal, RefusalReason } from '../model/refusal.ts'
import type { Notice } from '../model/span.ts'
import { explainSpan } from '../normalize/explain.ts'
import { normalizeSpan } from '../normalize/index.ts'
import { type Redactor, redactSpan } from '../redact/index.ts'
import { messageOf, total } from './refusals.ts'

/** Spans that are told one by one; the others are counted. */
const MOST_SPANS = 1_000

/** What would become of a span. Keys, rules and reasons; no value of the span but its ids. */
interface SpanReport {
  trace_id: string
  span_id: string
  stored: boolean
  /** null = stored. */
  refused: RefusalReason | null
  kind: string | null
  kind_from: string
  families: string[]
  fields: { field: string; from: string }[]
  structure: string[]
  content: string[]
  /** How often each rule would remove something. */
  redacted: Record<string, number>
  /** What a reader would be told: truncated, redacted, repaired, dropped … */
  notices: Notice[]
}

/** The dry run of an export. */
export interface ExplainReport {
  spans_received: number
  spans_stored: number
  refused: Refusal[]
  /** What the exporter would be told; '' = full success. */
  message: string
  spans: SpanReport[]
  spans_not_listed: number
}

/** Says what the walk would do with a request for a writer with these workflow patterns. Stores nothing. */
export function explainRequest(
  request: TraceRequest,
  workflows: readonly string[],
  redactor: Redactor,
): ExplainReport {
  const spans: SpanReport[] = []
  const refusals = new Map<RefusalReason, number>()
  let received = request.surplusSpans ?? 0
  if (received > 0) refusals.set('too_many', received)
  let stored = 0
  for (const { resource, scopeSpans } of request.resourceSpans) {
    for (const { scope, spans: sent } of scopeSpans) {
      for (const span of sent) {
        received++
        const report = reportOf(span, resource, scope, workflows, redactor)
        if (report.refused === null) stored++
        else refusals.set(report.refused, (refusals.get(report.refused) ?? 0) + 1)
        if (spans.length < MOST_SPANS) spans.push(report)
      }
    }
  }
  const refused = [...refusals].map(([reason, count]) => ({ reason, count }))
  return {
    spans_received: received,
    spans_stored: stored,
    refused,
    message: total(refused) === 0 ? '' : messageOf(refused),
    spans,
    spans_not_listed: received - spans.length,
  }
}

function reportOf(
  span: OtlpSpan,
  resource: Resource,
  scope: Scope,
  workflows: readonly string[],
  redactor: Redactor,
): SpanReport {
  const result = normalizeSpan(span, resource, scope)
  const understood = 'span' in result ? result.span : null
  const { spans } = holdToGrant(understood === null ? [] : [understood], workflows)
  const redacted = spans[0] === undefined ? null : redactSpan(spans[0], redactor)
  const { families, fields, kindFrom } = explainSpan(span, resource, scope, understood?.kind ?? null)
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    stored: redacted !== null,
    refused: 'refused' in result ? result.refused : redacted === null ? 'workflow_denied' : null,
    kind: understood?.kind ?? null,
    kind_from: kindFrom,
    families,
    fields,
    // As they would be stored: a key may hold a secret too.
    structure: [...(redacted?.span.attributes.keys() ?? [])],
    content: [...(redacted?.span.content.keys() ?? [])],
    redacted: Object.fromEntries(redacted?.counts ?? []),
    notices: redacted?.span.notices ?? [],
  }
}
