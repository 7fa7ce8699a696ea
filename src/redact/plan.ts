import type { Attributes } from '../model/attributes.ts'
import type { Resource, Scope, SpanEvent, SpanLink } from '../model/otlp.ts'
import type { ArtifactReference, Cost, Notice, Span, Tokens } from '../model/span.ts'

/**
 * What is done with each field of a span. A field that is added to the model without a decision here does not
 * compile, and a string can only be `text` (rules), `id` (rules; replaced consistently) or `hex` (checked by
 * the decoder, cannot hold a secret).
 */
export type DecisionFor<T> =
  string extends NonNullable<T>
    ? 'text' | 'id' | 'hex'
    : NonNullable<T> extends string
      ? 'word'
      : NonNullable<T> extends number | bigint | boolean
        ? 'number'
        : NonNullable<T> extends Attributes
          ? 'attributes' | 'content'
          : 'inside'

/** A decision for every field, optional ones included. */
export type Plan<T> = { readonly [K in keyof T]-?: DecisionFor<T[K]> }

export const spanPlan: Plan<Span> = {
  traceId: 'hex',
  spanId: 'hex',
  parentSpanId: 'hex',
  traceState: 'text',
  flags: 'number',
  name: 'text',
  otelKind: 'number',
  kind: 'word',
  startNs: 'number',
  endNs: 'number',
  reportedDurationNs: 'number',
  status: 'word',
  statusCode: 'number',
  statusMessage: 'text',
  executionId: 'id',
  workflowId: 'id',
  workflowName: 'id',
  threadId: 'id',
  userId: 'id',
  nodeId: 'id',
  nodeName: 'text',
  nodeKind: 'text',
  model: 'text',
  provider: 'text',
  responseId: 'id',
  finishReason: 'text',
  tokens: 'inside',
  tokensAggregated: 'number',
  cost: 'inside',
  errorType: 'text',
  errorMessage: 'text',
  artifacts: 'inside',
  attributes: 'attributes',
  content: 'content',
  droppedAttributesCount: 'number',
  events: 'inside',
  droppedEventsCount: 'number',
  links: 'inside',
  droppedLinksCount: 'number',
  resource: 'inside',
  scope: 'inside',
  notices: 'inside',
  // redacted by themselves when they come: redactLog
  logs: 'inside',
}

/** @public checked by the compiler alone */
export const tokensPlan: Plan<Tokens> = {
  input: 'number',
  output: 'number',
  total: 'number',
  cachedInput: 'number',
  cacheWriteInput: 'number',
  reasoningOutput: 'number',
}

/** The amount is a decimal string; as an id it is exempt from the rules that look for digits. */
export const costPlan: Plan<Cost> = { amount: 'id', source: 'word', version: 'id' }

export const artifactPlan: Plan<ArtifactReference> = {
  id: 'id',
  name: 'text',
  mediaType: 'text',
  size: 'number',
  sha256: 'id',
}

/** An event may carry content (messages as events), so the policy for content holds for it. */
export const eventPlan: Plan<SpanEvent> = {
  timeNs: 'number',
  name: 'text',
  attributes: 'content',
  droppedAttributesCount: 'number',
}

export const linkPlan: Plan<SpanLink> = {
  traceId: 'hex',
  spanId: 'hex',
  traceState: 'text',
  flags: 'number',
  attributes: 'attributes',
  droppedAttributesCount: 'number',
}

export const resourcePlan: Plan<Resource> = {
  attributes: 'attributes',
  droppedAttributesCount: 'number',
  schemaUrl: 'text',
}

export const scopePlan: Plan<Scope> = {
  name: 'text',
  version: 'text',
  attributes: 'attributes',
  droppedAttributesCount: 'number',
  schemaUrl: 'text',
}

export const noticePlan: Plan<Notice> = { code: 'text', message: 'text', count: 'number' }
