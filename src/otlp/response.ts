/** The two encodings of OTLP over HTTP. An answer has the encoding of its request. */
export type OtlpEncoding = 'protobuf' | 'json'

/** The `Content-Type` of an answer. */
export const CONTENT_TYPE: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** What an answer with status 200 says of what was sent. */
export interface PartialSuccess {
  /** How many spans (or log records) were refused; never those that were repaired. */
  rejected: number
  /** English, for developers; '' = nothing to say. With 0 rejected it is a warning. */
  message: string
}

/** The body of an `ExportTraceServiceResponse`. Full success (0 and '') is zero bytes, in JSON `{}`. */
export function encodeTraceResponse(encoding: OtlpEncoding, result: PartialSuccess): Buffer {
  return encodeResponse(encoding, result, 'rejectedSpans')
}

/** The body of an `ExportLogsServiceResponse`. Full success (0 and '') is zero bytes, in JSON `{}`. */
export function encodeLogsResponse(encoding: OtlpEncoding, result: PartialSuccess): Buffer {
  return encodeResponse(encoding, result, 'rejectedLogRecords')
}

/** The body of an `ExportMetricsServiceResponse`. Full success (0 and '') is zero bytes, in JSON `{}`. */
export function encodeMetricsResponse(encoding: OtlpEncoding, result: PartialSuccess): Buffer {
  return encodeResponse(encoding, result, 'rejectedDataPoints')
}

function encodeResponse(encoding: OtlpEncoding, result: PartialSuccess, count: string): Buffer {
  const { rejected, message } = result
  if (rejected === 0 && message === '') return Buffer.from(encoding === 'json' ? '{}' : '')
  if (encoding === 'json') {
    const partialSuccess = {
      ...(rejected === 0 ? {} : { [count]: String(rejected) }),
      ...(message === '' ? {} : { errorMessage: message }),
    }
    return Buffer.from(JSON.stringify({ partialSuccess }))
  }
  return lenField(1, Buffer.concat([varintField(1, rejected), textField(2, message)]))
}

/**
 * The body of every answer that is not a success: a `google.rpc.Status`.
 * @param status.code a `google.rpc.Code` (3 invalid argument, 14 unavailable …)
 */
export function encodeStatus(encoding: OtlpEncoding, status: { code: number; message: string }): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code: status.code, message: status.message }))
  return Buffer.concat([varintField(1, status.code), textField(2, status.message)])
}

function textField(field: number, text: string): Buffer {
  return text === '' ? Buffer.alloc(0) : lenField(field, Buffer.from(text))
}

function lenField(field: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(body.length)]), body])
}

function varintField(field: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.from([field << 3, ...varint(value)])
}

/** @param value an integer from 0 to 2^53 */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}
