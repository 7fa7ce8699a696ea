import type { LogRecord, LogsRequest } from '../model/log.ts'
import type { Resource, Scope } from '../model/otlp.ts'
import { newBudget, takeSpan } from './budget.ts'
import { emptyLogRecord, emptyResource, emptyScope } from './empty.ts'
import { readAnyValue, readKeyValue, readResource, readScope } from './protobuf-values.ts'
import { addRepairs, type Repairs } from './repairs.ts'
import { WireReader } from './wire.ts'

/**
 * Decodes the protobuf bytes of an `ExportLogsServiceRequest`, by the rules of `decodeTraceProtobuf`.
 * @throws Undecodable for anything that is not a protobuf message, and nothing else
 */
export function decodeLogsProtobuf(body: Buffer): LogsRequest {
  const reader = new WireReader(body)
  const budget = newBudget()
  const records: LogRecord[] = []
  const end = reader.length
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    if (tag === 0x0a) readResourceLogs(reader.lenEnd(end))
    else reader.skip(end)
  }
  return budget.surplus > 0 ? { records, surplusRecords: budget.surplus } : { records }

  function readResourceLogs(end: number): void {
    const resource = emptyResource()
    const first = records.length
    const repairs: Repairs = []
    for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
      reader.repairs = repairs
      if (tag === 0x0a) readResource(reader, reader.lenEnd(end), resource)
      else if (tag === 0x1a) resource.schemaUrl = reader.name(end)
      else if (tag === 0x12) readScopeLogs(reader.lenEnd(end), resource)
      else reader.skip(end)
    }
    tell(first, repairs)
  }

  function readScopeLogs(end: number, resource: Resource): void {
    const scope = emptyScope()
    const first = records.length
    const repairs: Repairs = []
    for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
      reader.repairs = repairs
      if (tag === 0x12) {
        const stop = reader.lenEnd(end)
        if (takeSpan(budget)) records.push(readLogRecord(reader, stop, resource, scope))
        else reader.pos = stop
      } else if (tag === 0x0a) readScope(reader, reader.lenEnd(end), scope)
      else if (tag === 0x1a) scope.schemaUrl = reader.name(end)
      else reader.skip(end)
    }
    tell(first, repairs)
  }

  function tell(first: number, repairs: Repairs): void {
    if (repairs.length === 0) return
    for (const record of records.slice(first)) addRepairs(record.repairs, repairs)
  }
}

function readLogRecord(reader: WireReader, end: number, resource: Resource, scope: Scope): LogRecord {
  const record = emptyLogRecord(resource, scope)
  reader.repairs = record.repairs
  for (let tag = reader.tag(end); tag !== 0; tag = reader.tag(end)) {
    switch (tag) {
      case 0x09:
        record.timeNs = reader.fixed64(end)
        break
      case 0x10:
        record.severity = reader.uint32() | 0
        break
      case 0x1a:
        record.severityText = reader.name(end)
        break
      case 0x2a:
        record.body = readAnyValue(reader, reader.lenEnd(end), record.body, 0)
        break
      case 0x32:
        readKeyValue(reader, reader.lenEnd(end), record.attributes, 0)
        break
      case 0x38:
        record.droppedAttributesCount = reader.uint32()
        break
      case 0x45:
        record.flags = reader.fixed32(end)
        break
      case 0x4a:
        record.traceId = reader.hex(end)
        break
      case 0x52:
        record.spanId = reader.hex(end)
        break
      case 0x59:
        record.observedTimeNs = reader.fixed64(end)
        break
      case 0x62:
        record.eventName = reader.name(end)
        break
      default:
        reader.skip(end)
    }
  }
  return record
}
