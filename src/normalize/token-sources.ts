import type { OtlpSpan } from '../model/otlp.ts'
import type { Span, Tokens } from '../model/span.ts'
import { FIELD, type Field } from './fields.ts'
import { Notices } from './notices.ts'
import { interpret, readAttributes } from './read.ts'
import { table } from './table.ts'

const FIELDS: Readonly<Record<keyof Tokens, Field>> = {
  input: 'inputTokens',
  output: 'outputTokens',
  total: 'totalTokens',
  cachedInput: 'cachedInput',
  cacheWriteInput: 'cacheWriteInput',
  reasoningOutput: 'reasoningOutput',
}

/** What a number was made of where no attribute said it. */
const SUM = 'input + output'
/** A value inside the content that only its own engine can find. */
const CONTENT = 'content'

/**
 * Which attribute gave each number of tokens (`key`, or `key path` inside its JSON); null = there is no number. Found
 * by reading the stored span again: the attributes are kept, so nothing has to be stored for it.
 */
export function tokenSources(span: Span): Record<keyof Tokens, string | null> {
  const attributes = new Map([...span.attributes, ...span.content])
  const { reading } = readAttributes(attributes, new Notices())
  const sent: OtlpSpan = { ...asSent(span), attributes }
  const resource = readAttributes(span.resource.attributes, new Notices()).reading
  interpret(reading, sent, span.scope, resource)
  const source = (count: keyof Tokens): string | null => {
    if (span.tokens[count] === null) return null
    if (reading.count(FIELDS[count]) === null) return count === 'total' ? SUM : null
    return table.source(FIELD[FIELDS[count]], reading.rank(FIELDS[count])) ?? CONTENT
  }
  return {
    input: source('input'),
    output: source('output'),
    total: source('total'),
    cachedInput: source('cachedInput'),
    cacheWriteInput: source('cacheWriteInput'),
    reasoningOutput: source('reasoningOutput'),
  }
}

/** The stored span as the decoder would give it. */
function asSent(span: Span): OtlpSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: span.otelKind,
    startNs: span.startNs,
    endNs: span.endNs ?? 0n,
    attributes: span.attributes,
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events,
    droppedEventsCount: span.droppedEventsCount,
    links: span.links,
    droppedLinksCount: span.droppedLinksCount,
    statusCode: span.statusCode,
    statusMessage: span.statusMessage,
    defect: null,
    clean: false,
    repairs: [],
  }
}
