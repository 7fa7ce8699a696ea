import type { Content } from '../../model/message.ts'
import { OTEL_KINDS, type Span } from '../../model/span.ts'
import { artifactsOfLogs } from '../../normalize/artifacts.ts'
import { readContent } from '../../normalize/content.ts'
import { loggedException } from '../../normalize/logs.ts'
import { newMessages } from '../../normalize/new-messages.ts'
import { tokenSources } from '../../normalize/token-sources.ts'
import type { SlimSpan } from '../../tree/slim-span.ts'
import type { DashboardLink } from '../schemas/common.ts'
import type { SpanDetail } from '../schemas/trace.ts'
import { presentSpan } from './span.ts'
import { HIDDEN, type View, viewMap, viewMessage } from './view.ts'

/** One span with its content: its messages are derived here, from what is stored. */
export function presentSpanDetail(
  slim: SlimSpan,
  span: Span,
  executionId: string,
  dashboards: DashboardLink[],
  view: View,
  earlier: readonly Span[] = [],
): SpanDetail {
  const content = view.content ? readContent(span) : null
  return {
    ...presentSpan(slim, withArtifactsOfLogs(span), executionId, view),
    trace_id: slim.traceId,
    otel_kind: OTEL_KINDS[span.otelKind] ?? 'unspecified',
    node_kind: slim.nodeKind,
    finish_reason: span.finishReason,
    token_sources: presentTokenSources(span),
    error: errorOf(span, view),
    input: presentContent(content === null ? null : withNew(span, content.input, earlier), view),
    output: presentContent(content?.output ?? null, view),
    tools: view.mask(content?.tools ?? []),
    resource: { attributes: viewMap(span.resource.attributes, view), schema_url: span.resource.schemaUrl },
    scope: {
      name: span.scope.name,
      version: span.scope.version,
      attributes: viewMap(span.scope.attributes, view),
      schema_url: span.scope.schemaUrl,
    },
    dashboards,
    may_reveal: view.mayReveal,
  }
}

/** Pictures that came in log records are the span's as those in its attributes are. */
function withArtifactsOfLogs(span: Span): Span {
  const known = new Set(span.artifacts.map(({ id }) => id))
  const more = artifactsOfLogs(span.logs ?? []).filter(({ id }) => !known.has(id))
  return more.length === 0 ? span : { ...span, artifacts: [...span.artifacts, ...more] }
}

function presentTokenSources(span: Span): SpanDetail['token_sources'] {
  const sources = tokenSources(span)
  return {
    input: sources.input,
    output: sources.output,
    total: sources.total,
    cached_input: sources.cachedInput,
    cache_write_input: sources.cacheWriteInput,
    reasoning_output: sources.reasoningOutput,
  }
}

/** Marks what is new in this turn, where the span is a call of a model. */
function withNew(span: Span, input: Content, earlier: readonly Span[]): Content {
  if (span.kind !== 'llm') return input
  const calls = earlier.map((call) => {
    const content = readContent(call)
    return { input: content.input.messages, output: content.output.messages }
  })
  const isNew = newMessages(input.messages, calls)
  return {
    ...input,
    messages: input.messages.map((message, index) => ({ ...message, new: isNew[index] === true })),
  }
}

function presentContent(content: Content | null, view: View): SpanDetail['input'] {
  if (content === null) return { messages: [], value: null, hidden: HIDDEN }
  return view.mask({ messages: content.messages, value: content.value })
}

function errorOf(span: Span, view: View): SpanDetail['error'] {
  const stack =
    span.events.findLast((event) => event.name === 'exception')?.attributes.get('exception.stacktrace') ??
    loggedException(span.logs ?? [])?.stack ??
    span.attributes.get('exception.stacktrace')
  if (span.errorType === null && span.errorMessage === null) return null
  return {
    type: view.mask(span.errorType),
    message: viewMessage(span.errorMessage, view),
    stack: viewMessage(typeof stack === 'string' ? stack : null, view),
  }
}
