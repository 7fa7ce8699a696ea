import type { Attributes } from './attributes.ts'
import type { SpanLog } from './log.ts'
import type { Resource, Scope, SpanEvent, SpanLink } from './otlp.ts'

/**
 * What a span is to the reader of a workflow. The index is the number stored in `spans.kind`: append only.
 */
export const SPAN_KINDS = [
  'internal',
  'workflow',
  'node',
  'agent',
  'llm',
  'tool',
  'retriever',
  'embedding',
  'reranker',
  'guardrail',
  'downstream',
] as const
export type SpanKind = (typeof SPAN_KINDS)[number]

/** How a span ended. The index is the number stored in `spans.status`: append only. */
export const SPAN_STATUSES = ['running', 'ok', 'error', 'cancelled', 'interrupted'] as const
export type SpanStatus = (typeof SPAN_STATUSES)[number]

/** OpenTelemetry's span kinds by their OTLP number. */
export const OTEL_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const

/** Tokens as the span itself reports them. `null` = unknown, which is not 0. */
export interface Tokens {
  input: number | null
  output: number | null
  total: number | null
  /** Part of `input`. */
  cachedInput: number | null
  /** Part of `input`. */
  cacheWriteInput: number | null
  /** Part of `output`. */
  reasoningOutput: number | null
}

/** Money for the calls of a span, in US dollars. */
export interface Cost {
  /** Decimal string, at most 12 fraction digits: never a float. */
  amount: string
  source: 'reported' | 'estimated'
  /** Of an estimate: the price data that it comes from. */
  version?: string
}

/** What a span says of bytes that it produced; the bytes may be elsewhere or nowhere. */
export interface ArtifactReference {
  id: string
  name: string | null
  mediaType: string | null
  /** Bytes. */
  size: number | null
  /** Lower-case hex. */
  sha256: string | null
}

/** The id of bytes that a span's content carries: the same bytes are the same artifact, wherever they are sent. */
export const inlineArtifactId = (sha256: string): string => `inline-${sha256.slice(0, 32)}`

/** True for bytes that content carries: their id is made of their hash. */
export const isInlineArtifact = ({ id, sha256 }: Pick<ArtifactReference, 'id' | 'sha256'>): boolean =>
  sha256 !== null && id === inlineArtifactId(sha256)

/** A true sentence about a span or trace that its reader must know. */
export interface Notice {
  /** Stable snake_case word: `truncated`, `redacted`, `clock_skew`, `missing_parent`, … */
  code: string
  message: string
  /** How many times, when that can be counted. */
  count?: number
}

/**
 * A span in our words: everything that is filtered, sorted or summed has its field, and what was sent is
 * kept beside it in OTLP's types.
 */
export interface Span {
  /** 32 lower-case hex digits. */
  traceId: string
  /** 16 lower-case hex digits. */
  spanId: string
  parentSpanId: string | null
  traceState: string
  flags: number
  name: string
  otelKind: number
  kind: SpanKind
  /** Unix nanoseconds as sent, below 2^63. 0 = not sent. */
  startNs: bigint
  /** null = no end: the span is running. */
  endNs: bigint | null
  /**
   * Wall time that the span says it took, where the engine records spans after the fact (Orcheo's
   * `latency_ms`); null = start and end tell. Nanoseconds.
   */
  reportedDurationNs: bigint | null
  status: SpanStatus
  /** OTLP's own status, for the export. */
  statusCode: number
  statusMessage: string

  /** The execution that this span names itself; null = it inherits (tree/executions.ts). */
  executionId: string | null
  /** The workflow that this span names explicitly. */
  workflowId: string | null
  /** What the engine calls its workflow: provisional, until an explicit id is known. */
  workflowName: string | null
  threadId: string | null
  userId: string | null

  nodeId: string | null
  nodeName: string | null
  nodeKind: string | null
  model: string | null
  provider: string | null
  responseId: string | null
  finishReason: string | null
  tokens: Tokens
  /** True when the tokens are a running total or a repetition of the children's (never summed). */
  tokensAggregated: boolean
  cost: Cost | null
  errorType: string | null
  errorMessage: string | null
  artifacts: ArtifactReference[]

  /** Structure: names, numbers, ids. */
  attributes: Attributes
  /** Content: prompts, responses, arguments, results, under the keys they were sent with. */
  content: Attributes
  droppedAttributesCount: number
  events: SpanEvent[]
  droppedEventsCount: number
  links: SpanLink[]
  droppedLinksCount: number
  resource: Resource
  scope: Scope
  notices: Notice[]
  /** Log records of the span, in the order of their times. They are sent and stored apart: absent until it is read. */
  logs?: readonly SpanLog[]
}
