import { limits } from '../limits.ts'
import type { OtlpSpan, Resource, Scope, TraceRequest } from '../model/otlp.ts'
import type { Refusal, RefusalReason } from '../model/refusal.ts'
import type { ArtifactReference, Span } from '../model/span.ts'
import { artifactsOf } from './artifacts.ts'
import { boundText } from './bound.ts'
import { type Envelope, envelopeOf, eventsOf, linksOf } from './envelope.ts'
import { errorOf } from './error.ts'
import { identityOf } from './identity.ts'
import { idDefect, parentOf } from './ids.ts'
import { kindOf } from './kind.ts'
import { Notices } from './notices.ts'
import { asStarted } from './placeholder.ts'
import { estimateCost } from './price.ts'
import { providerName } from './provider.ts'
import { interpret, readAttributes } from './read.ts'
import { isSampled } from './sampling.ts'
import { statusOf } from './status.ts'
import { cleanText, cut } from './text.ts'
import { reportedDurationOf, timesOf } from './time.ts'
import { costOf, finishReasonOf, isAggregated, tokensOf } from './usage.ts'

/** A span in our words, or why it cannot be one. */
export type Normalized = { span: Span } | { refused: RefusalReason }

/**
 * Understands every span of a request. Pure and total: it never throws, equal requests give equal spans, and
 * the order of attributes does not matter. An unusable span costs only itself and is counted by its reason.
 */
export function normalizeRequest(request: TraceRequest): { spans: Span[]; refused: Refusal[] } {
  const spans: Span[] = []
  const refusals = new Map<RefusalReason, number>()
  if (request.surplusSpans !== undefined && request.surplusSpans > 0) {
    refusals.set('too_many', request.surplusSpans)
  }
  for (const { resource, scopeSpans } of request.resourceSpans) {
    for (const { scope, spans: sent } of scopeSpans) {
      const envelope = envelopeOf(resource, scope)
      for (const span of sent) {
        const result = normalizeWithin(span, envelope)
        if ('span' in result) spans.push(result.span)
        else refusals.set(result.refused, (refusals.get(result.refused) ?? 0) + 1)
      }
    }
  }
  return { spans, refused: [...refusals].map(([reason, count]) => ({ reason, count })) }
}

/** Understands one span. See `normalizeRequest`, which reads each resource once. */
export function normalizeSpan(span: OtlpSpan, resource: Resource, scope: Scope): Normalized {
  return normalizeWithin(span, envelopeOf(resource, scope))
}

function normalizeWithin(sent: OtlpSpan, envelope: Envelope): Normalized {
  if (sent.defect !== null) return { refused: 'wrong_type' }
  const span = asStarted(sent)
  const defect = idDefect(span)
  if (defect !== null) return { refused: defect }

  const notices = new Notices(envelope.notices, span.clean)
  for (const repair of span.repairs) notices.addRepair(repair)

  const parentSpanId = parentOf(span, notices)
  const times = timesOf(span, notices)
  const { reading, structure, content, dropped } = readAttributes(span.attributes, notices)
  if (dropped > 0) notices.add('attributes_dropped', dropped)
  const { events, dropped: droppedEvents } = eventsOf(span, notices)
  const { links, dropped: droppedLinks } = linksOf(span, notices)
  const lost = span.droppedAttributesCount + span.droppedEventsCount + span.droppedLinksCount
  if (lost > 0) notices.add('sender_dropped', lost)
  if (isSampled(span.traceState)) notices.add('sampled')

  interpret(reading, span, envelope.scope, envelope.reading)
  const kind = kindOf(reading, parentSpanId === null)
  const identity = identityOf(reading, envelope.reading)
  const nodeName = reading.text('nodeName')
  const isNode = kind === 'node'
  const named = reading.text('provider')
  const provider = column(named === null ? null : providerName(named), notices)
  const model = column(reading.text('model') ?? reading.text('requestedModel'), notices)
  const tokens = tokensOf(reading)
  const tokensAggregated = isAggregated(reading, kind, tokens)
  const status = statusOf(reading, span)
  const { errorType, errorMessage } = errorOf(reading, span, status)

  return {
    span: {
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId,
      traceState: bounded(span.traceState, notices),
      flags: span.flags,
      name: bounded(span.name, notices),
      otelKind: span.kind,
      kind,
      ...times,
      reportedDurationNs: reportedDurationOf(reading),
      status,
      statusCode: span.statusCode,
      statusMessage: bounded(span.statusMessage, notices),

      executionId: column(identity.executionId, notices),
      workflowId: column(identity.workflowId, notices),
      workflowName: column(identity.workflowName, notices),
      threadId: column(identity.threadId, notices),
      userId: column(identity.userId, notices),

      nodeId: column(reading.text('nodeId') ?? (isNode ? (nodeName ?? span.name) : null), notices),
      nodeName: column(nodeName ?? (isNode ? span.name : null), notices),
      nodeKind: column(reading.text('nodeKind'), notices),
      model,
      provider,
      responseId: column(reading.text('responseId'), notices),
      finishReason: column(finishReasonOf(reading), notices),
      tokens,
      tokensAggregated,
      // what only repeats the calls below must not be paid for again
      cost:
        costOf(reading) ??
        (tokensAggregated ? null : estimateCost({ kind, model, provider, tokens, startNs: times.startNs })),
      errorType: column(errorType, notices),
      errorMessage: errorMessage === null ? null : bounded(errorMessage, notices),
      artifacts: artifactsOf(reading, span).map((artifact) => cleanArtifact(artifact, notices)),

      attributes: structure,
      content,
      droppedAttributesCount: span.droppedAttributesCount + dropped,
      events,
      droppedEventsCount: span.droppedEventsCount + droppedEvents,
      links,
      droppedLinksCount: span.droppedLinksCount + droppedLinks,
      resource: envelope.resource,
      scope: envelope.scope,
      notices: notices.list(),
    },
  }
}

const bounded = (text: string, notices: Notices) => boundText(text, limits.maxValueLength, notices)

/** Text for an indexed column. */
function column(text: string, notices: Notices): string
function column(text: string | null, notices: Notices): string | null
function column(text: string | null, notices: Notices): string | null {
  if (text === null) return null
  const clean = cleanText(text, notices)
  if (clean.length <= limits.maxIdLength) return clean
  notices.add('id_truncated')
  return cut(clean, limits.maxIdLength)
}

function cleanArtifact(artifact: ArtifactReference, notices: Notices): ArtifactReference {
  const { id, name, mediaType, size, sha256 } = artifact
  return {
    id: column(id, notices) as string,
    name: column(name, notices),
    mediaType: column(mediaType, notices),
    size,
    sha256,
  }
}
