import type { Attributes } from './attributes.ts'

/** Who sent a span: the process, the service. As sent. */
export interface Resource {
  attributes: Attributes
  droppedAttributesCount: number
  schemaUrl: string
}

/** The library that made a span. As sent. */
export interface Scope {
  name: string
  version: string
  attributes: Attributes
  droppedAttributesCount: number
  schemaUrl: string
}

export interface SpanEvent {
  /** Unix nanoseconds; 0 = absent. */
  timeNs: bigint
  name: string
  attributes: Attributes
  droppedAttributesCount: number
}

export interface SpanLink {
  /** Lower-case hex as sent; '' = absent. */
  traceId: string
  spanId: string
  traceState: string
  flags: number
  attributes: Attributes
  droppedAttributesCount: number
}

/** One span as an exporter sent it: decoded, not yet checked or understood. */
export interface OtlpSpan {
  /** Lower-case hex of the bytes as sent, of any length; '' = absent. `normalize` refuses all but 16 and 8 bytes. */
  traceId: string
  spanId: string
  /** '' = no parent. */
  parentSpanId: string
  traceState: string
  /** W3C trace flags in bits 0–7, 0x100 = remote-ness is known, 0x200 = the parent is remote. */
  flags: number
  name: string
  /** OTLP enum: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number
  /** Unix nanoseconds as an unsigned 64-bit number; 0 = absent. */
  startNs: bigint
  endNs: bigint
  attributes: Attributes
  droppedAttributesCount: number
  events: SpanEvent[]
  droppedEventsCount: number
  links: SpanLink[]
  droppedLinksCount: number
  /** OTLP enum: 0 unset, 1 ok, 2 error. */
  statusCode: number
  statusMessage: string
  /** Why the decoder found this span unusable (JSON of a wrong type); null = usable. It costs this span only. */
  defect: string | null
  /** True when the decoder saw that every text of the span can be stored as it is: well-formed, without NUL. */
  clean: boolean
  /** What the decoder mended, as notice codes (`invalid_utf8`, `duplicate_key`, `too_deep`, …); mostly empty. */
  repairs: string[]
}

export interface ScopeSpans {
  scope: Scope
  spans: OtlpSpan[]
}

export interface ResourceSpans {
  resource: Resource
  scopeSpans: ScopeSpans[]
}

/** A decoded `ExportTraceServiceRequest`. */
export interface TraceRequest {
  resourceSpans: ResourceSpans[]
  /** Spans beyond `limits.maxSpansPerRequest`: counted, not decoded. Absent = none. */
  surplusSpans?: number
}
