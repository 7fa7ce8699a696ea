import type { LogRecord, LogsRequest } from '../model/log.ts'
import type { Resource, Scope } from '../model/otlp.ts'
import { takeSpan } from './budget.ts'
import { readBody } from './decode-json.ts'
import { emptyLogRecord } from './empty.ts'
import { type JsonObject, type JsonReader, WrongType } from './json-reader.ts'
import { readAnyValue, readAttributes, readResource, readScope } from './json-values.ts'
import { addRepairs, type Repairs } from './repairs.ts'

/** SeverityNumber's names: UNSPECIFIED, then TRACE, TRACE2 … FATAL4. */
const SEVERITIES = [
  'UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) => [
    name,
    `${name}2`,
    `${name}3`,
    `${name}4`,
  ]),
]

/**
 * Decodes an `ExportLogsServiceRequest` in OTLP/JSON, by the rules of `decodeTraceJson`.
 * @throws Undecodable when it is not JSON, or an envelope has a field of the wrong type; and nothing else
 */
export function decodeLogsJson(body: Buffer): LogsRequest {
  return readBody(body, (reader, json) => {
    const request = reader.object(json, 'the request')
    const records: LogRecord[] = []
    for (const item of reader.list(request.resourceLogs ?? request.resource_logs, 'resourceLogs')) {
      readResourceLogs(reader, item, records)
    }
    const { surplus } = reader.budget
    return surplus > 0 ? { records, surplusRecords: surplus } : { records }
  })
}

function readResourceLogs(reader: JsonReader, json: unknown, records: LogRecord[]): void {
  const from = reader.object(json, 'resourceLogs')
  const resourceRepairs: Repairs = []
  reader.repairs = resourceRepairs
  const resource = readResource(reader, from.resource, from.schemaUrl ?? from.schema_url)
  for (const item of reader.list(from.scopeLogs ?? from.scope_logs, 'scopeLogs')) {
    const part = reader.object(item, 'scopeLogs')
    const repairs: Repairs = [...resourceRepairs]
    reader.repairs = repairs
    const scope = readScope(reader, part.scope, part.schemaUrl ?? part.schema_url)
    for (const log of reader.list(part.logRecords ?? part.log_records, 'logRecords')) {
      if (!takeSpan(reader.budget)) continue
      const record = readLogRecord(reader, log, resource, scope)
      addRepairs(record.repairs, repairs)
      records.push(record)
    }
  }
}

function readLogRecord(reader: JsonReader, json: unknown, resource: Resource, scope: Scope): LogRecord {
  const record = emptyLogRecord(resource, scope)
  reader.repairs = record.repairs
  try {
    fill(reader, reader.object(json, 'log record'), record)
  } catch (error) {
    if (!(error instanceof WrongType)) throw error
    record.defect = error.reason
  }
  return record
}

function fill(reader: JsonReader, from: JsonObject, record: LogRecord): void {
  const traceId = reader.hex(from.traceId ?? from.trace_id, 'traceId')
  const spanId = reader.hex(from.spanId ?? from.span_id, 'spanId')
  // '' would tie it to no span, which is not what was sent.
  if (traceId === undefined || spanId === undefined) throw new WrongType('an id')
  record.traceId = traceId
  record.spanId = spanId
  record.flags = reader.uint32(from.flags, 'flags')
  record.timeNs = reader.uint64(from.timeUnixNano ?? from.time_unix_nano, 'timeUnixNano')
  record.observedTimeNs = reader.uint64(
    from.observedTimeUnixNano ?? from.observed_time_unix_nano,
    'observedTimeUnixNano',
  )
  const severity = from.severityNumber ?? from.severity_number
  record.severity = reader.enumeration(severity, 'severityNumber', 'SEVERITY_NUMBER_', SEVERITIES)
  record.severityText = reader.text(from.severityText ?? from.severity_text, 'severityText')
  record.eventName = reader.text(from.eventName ?? from.event_name, 'eventName')
  record.body = readAnyValue(reader, from.body, 0)
  readAttributes(reader, from.attributes, record.attributes, 0)
  record.droppedAttributesCount = reader.uint32(
    from.droppedAttributesCount ?? from.dropped_attributes_count,
    'droppedAttributesCount',
  )
}
