import { readFileSync } from 'node:fs'
import type { TraceRequest } from '../../../src/model/otlp.ts'
import type { ContentLog } from '../../../src/normalize/content.ts'
import { decodeLogsRequest, decodeTraceRequest } from '../../../src/otlp/index.ts'

const folder = new URL('../../fixtures/otlp/', import.meta.url)

/** A captured export request, decoded. */
export function traceFixture(name: string): TraceRequest {
  const encoding = name.endsWith('.pb') ? 'protobuf' : 'json'
  return decodeTraceRequest(readFileSync(new URL(name, folder)), encoding)
}

/** Captured log records by the id of their span. */
export function logFixture(name: string): Map<string, ContentLog[]> {
  const bySpan = new Map<string, ContentLog[]>()
  for (const { eventName, attributes, body, spanId } of decodeLogsRequest(
    readFileSync(new URL(name, folder)),
    'json',
  ).records) {
    const list = bySpan.get(spanId) ?? []
    bySpan.set(spanId, list)
    list.push({ name: eventName, attributes, body })
  }
  return bySpan
}
