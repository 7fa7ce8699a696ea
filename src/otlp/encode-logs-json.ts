import type { SpanLog } from '../model/log.ts'
import { encodeAttributes, encodeValue, some, time } from './encode-json.ts'

/** Log records of spans as one `ResourceLogs` in OTLP/JSON: what `decodeLogsRequest` reads from it says the same. */
export function encodeResourceLogsJson(logs: readonly SpanLog[]): string {
  return JSON.stringify({ scopeLogs: [{ logRecords: logs.map(encodeRecord) }] })
}

function encodeRecord(log: SpanLog): object {
  return {
    timeUnixNano: time(log.timeNs),
    severityNumber: some(log.severity),
    eventName: some(log.name),
    body: log.body === null ? undefined : encodeValue(log.body),
    attributes: encodeAttributes(log.attributes),
    droppedAttributesCount: some(log.droppedAttributesCount),
    traceId: log.traceId,
    spanId: log.spanId,
  }
}
