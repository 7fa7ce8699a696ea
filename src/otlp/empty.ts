import type { LogRecord } from '../model/log.ts'
import type { OtlpSpan, Resource, Scope } from '../model/otlp.ts'

/** A resource of which nothing was sent. */
export function emptyResource(): Resource {
  return { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' }
}

/** A scope of which nothing was sent. */
export function emptyScope(): Scope {
  return { name: '', version: '', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' }
}

/** A span of which nothing was sent: every field at its protobuf default. */
export function emptySpan(): OtlpSpan {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: '',
    kind: 0,
    startNs: 0n,
    endNs: 0n,
    attributes: new Map(),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: 0,
    statusMessage: '',
    defect: null,
    clean: false,
    repairs: [],
  }
}

/** A log record of which nothing was sent. */
export function emptyLogRecord(resource: Resource, scope: Scope): LogRecord {
  return {
    traceId: '',
    spanId: '',
    flags: 0,
    timeNs: 0n,
    observedTimeNs: 0n,
    severity: 0,
    severityText: '',
    eventName: '',
    body: null,
    attributes: new Map(),
    droppedAttributesCount: 0,
    resource,
    scope,
    defect: null,
    repairs: [],
  }
}
