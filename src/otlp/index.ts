import type { LogsRequest } from '../model/log.ts'
import type { TraceRequest } from '../model/otlp.ts'
import { decodeTraceJson } from './decode-json.ts'
import { decodeLogsJson } from './decode-logs-json.ts'
import { decodeLogsProtobuf } from './decode-logs-protobuf.ts'
import { decodeTraceProtobuf } from './decode-protobuf.ts'

export { decodeTraceProtobufParts } from './decode-protobuf.ts'

import type { OtlpEncoding } from './response.ts'

export { encodeTraceRequestJson } from './encode-json.ts'
export { encodeResourceLogsJson } from './encode-logs-json.ts'
export { inflate, SUPPORTED_ENCODINGS } from './inflate.ts'
export {
  CONTENT_TYPE,
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeStatus,
  encodeTraceResponse,
  type OtlpEncoding,
  type PartialSuccess,
} from './response.ts'

/**
 * Decodes an inflated `ExportTraceServiceRequest`. The result shares no memory with `body`.
 * @throws Undecodable (400), and nothing else
 */
export function decodeTraceRequest(body: Buffer, encoding: OtlpEncoding): TraceRequest {
  return encoding === 'json' ? decodeTraceJson(body) : decodeTraceProtobuf(body)
}

/**
 * Decodes an inflated `ExportLogsServiceRequest`. The result shares no memory with `body`.
 * @throws Undecodable (400), and nothing else
 */
export function decodeLogsRequest(body: Buffer, encoding: OtlpEncoding): LogsRequest {
  return encoding === 'json' ? decodeLogsJson(body) : decodeLogsProtobuf(body)
}
