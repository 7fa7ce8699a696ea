import { resolve } from 'node:path'
import protobuf from 'protobufjs'
import type { Attributes, AttributeValue } from '../../src/model/attributes.ts'
import type { OtlpSpan, Resource, Scope, TraceRequest } from '../../src/model/otlp.ts'
import { emptyResource, emptyScope } from '../../src/otlp/empty.ts'

/** The reference reader: protobufjs's reflection over proto/. Slow, and written by others. */
const root = new protobuf.Root()
root.resolvePath = (_origin, target) => resolve(import.meta.dirname, '../../proto', target)
root.loadSync([
  'opentelemetry/proto/collector/trace/v1/trace_service.proto',
  'opentelemetry/proto/collector/logs/v1/logs_service.proto',
  'google/rpc/status.proto',
])
const requestType = root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest')
export const traceResponseType = root.lookupType(
  'opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse',
)
export const logsRequestType = root.lookupType(
  'opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest',
)
export const logsResponseType = root.lookupType(
  'opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse',
)
export const statusType = root.lookupType('google.rpc.Status')

interface Long {
  low: number
  high: number
}
// biome-ignore lint/suspicious/noExplicitAny: a message of a reflected type has whatever fields its .proto says
type Message = any

/** Decodes as protobufjs does, into our shape. Throws whatever protobufjs throws. */
export function decodeByReference(body: Uint8Array): TraceRequest {
  const request: Message = requestType.decode(body)
  return {
    resourceSpans: request.resourceSpans
      .map((part: Message) => ({
        resource: toResource(part.resource, part.schemaUrl),
        scopeSpans: part.scopeSpans
          .map((inner: Message) => ({
            scope: toScope(inner.scope, inner.schemaUrl),
            spans: inner.spans.map(toSpan),
          }))
          .filter((inner: { spans: unknown[] }) => inner.spans.length > 0),
      }))
      .filter((part: { scopeSpans: unknown[] }) => part.scopeSpans.length > 0),
  }
}

/** Encodes with protobufjs. */
export function encodeByReference(request: TraceRequest): Buffer {
  const message = {
    resourceSpans: request.resourceSpans.map(({ resource, scopeSpans }) => ({
      resource: { ...resource, attributes: fromAttributes(resource.attributes) },
      schemaUrl: resource.schemaUrl,
      scopeSpans: scopeSpans.map(({ scope, spans }) => ({
        scope: { ...scope, attributes: fromAttributes(scope.attributes) },
        schemaUrl: scope.schemaUrl,
        spans: spans.map(fromSpan),
      })),
    })),
  }
  return Buffer.from(requestType.encode(requestType.create(message)).finish())
}

function fromSpan(span: OtlpSpan): object {
  return {
    ...span,
    traceId: Buffer.from(span.traceId, 'hex'),
    spanId: Buffer.from(span.spanId, 'hex'),
    parentSpanId: Buffer.from(span.parentSpanId, 'hex'),
    startTimeUnixNano: long(span.startNs),
    endTimeUnixNano: long(span.endNs),
    attributes: fromAttributes(span.attributes),
    events: span.events.map((event) => ({
      ...event,
      timeUnixNano: long(event.timeNs),
      attributes: fromAttributes(event.attributes),
    })),
    links: span.links.map((link) => ({
      ...link,
      traceId: Buffer.from(link.traceId, 'hex'),
      spanId: Buffer.from(link.spanId, 'hex'),
      attributes: fromAttributes(link.attributes),
    })),
    status: { code: span.statusCode, message: span.statusMessage },
  }
}

function fromAttributes(attributes: Attributes): object[] {
  return Array.from(attributes, ([key, value]) => ({ key, value: fromValue(value) }))
}

function fromValue(value: AttributeValue): object {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: long(value) }
  if (typeof value === 'number') return { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(fromValue) } }
  if (value instanceof Map) return { kvlistValue: { values: fromAttributes(value) } }
  return { bytesValue: value }
}

function long(value: bigint): Long & { unsigned: boolean } {
  const bits = BigInt.asUintN(64, value)
  return { low: Number(bits & 0xffff_ffffn) | 0, high: Number(bits >> 32n) | 0, unsigned: value >= 0n }
}

function toSpan(span: Message): OtlpSpan {
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startNs: unsigned(span.startTimeUnixNano),
    endNs: unsigned(span.endTimeUnixNano),
    attributes: toAttributes(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event: Message) => ({
      timeNs: unsigned(event.timeUnixNano),
      name: event.name,
      attributes: toAttributes(event.attributes),
      droppedAttributesCount: event.droppedAttributesCount,
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link: Message) => ({
      traceId: hex(link.traceId),
      spanId: hex(link.spanId),
      traceState: link.traceState,
      flags: link.flags,
      attributes: toAttributes(link.attributes),
      droppedAttributesCount: link.droppedAttributesCount,
    })),
    droppedLinksCount: span.droppedLinksCount,
    statusCode: span.status?.code ?? 0,
    statusMessage: span.status?.message ?? '',
    defect: null,
    clean: false,
    repairs: [],
  }
}

function toResource(from: Message, schemaUrl: string): Resource {
  if (!from) return { ...emptyResource(), schemaUrl }
  const { droppedAttributesCount } = from
  return { attributes: toAttributes(from.attributes), droppedAttributesCount, schemaUrl }
}

function toScope(from: Message, schemaUrl: string): Scope {
  if (!from) return { ...emptyScope(), schemaUrl }
  const { name, version, droppedAttributesCount } = from
  return { name, version, attributes: toAttributes(from.attributes), droppedAttributesCount, schemaUrl }
}

function toAttributes(list: Message[]): Attributes {
  return new Map(list.map(({ key, value }) => [key, toValue(value)]))
}

function toValue(any: Message): AttributeValue {
  const member = any?.value
  if (!member || member === 'stringValueStrindex') return null
  const value = any[member]
  if (member === 'intValue') return BigInt.asIntN(64, unsigned(value))
  if (member === 'arrayValue') return value.values.map(toValue)
  if (member === 'kvlistValue') return toAttributes(value.values)
  if (member === 'bytesValue') return new Uint8Array(value)
  return value
}

function unsigned(value: Long | number): bigint {
  if (typeof value === 'number') return BigInt(value)
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
