import type { Attributes, AttributeValue } from './attributes.ts'
import type { Resource, Scope } from './otlp.ts'

/** One log record as an exporter sent it: decoded, not yet checked or understood. */
export interface LogRecord {
  /** Lower-case hex as sent, of any length; '' = tied to no span. */
  traceId: string
  spanId: string
  /** W3C trace flags in bits 0–7. */
  flags: number
  /** Unix nanoseconds; 0 = absent. */
  timeNs: bigint
  /** Unix nanoseconds: when it was collected; 0 = absent. */
  observedTimeNs: bigint
  /** OTLP severity number, 1–24; 0 = unspecified. */
  severity: number
  severityText: string
  /** Names the shape of body and attributes (`gen_ai.choice`); '' = absent (older senders: attribute `event.name`). */
  eventName: string
  body: AttributeValue
  attributes: Attributes
  droppedAttributesCount: number
  /** Shared by all records of one envelope. */
  resource: Resource
  scope: Scope
  /** Why the decoder found this record unusable; null = usable. */
  defect: string | null
  /** What the decoder mended, as notice codes. */
  repairs: string[]
}

/** A decoded `ExportLogsServiceRequest`. */
export interface LogsRequest {
  records: LogRecord[]
  /** Records beyond `limits.maxSpansPerRequest`: counted, not decoded. Absent = none. */
  surplusRecords?: number
}

/** A log record that carries content or an exception of a span, as it is stored. */
export interface SpanLog {
  /** 32 lower-case hex digits. */
  traceId: string
  /** 16 lower-case hex digits. */
  spanId: string
  /** Unix nanoseconds, below 2^63: when it happened, else when it was collected; 0 = nobody said. */
  timeNs: bigint
  /** OTLP severity number; 0 = unspecified. */
  severity: number
  /** The event's name: `gen_ai.choice`, `exception`, … */
  name: string
  body: AttributeValue
  attributes: Attributes
  droppedAttributesCount: number
}
