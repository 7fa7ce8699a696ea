import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import { limits } from '../limits.ts'
import { encodeStatus } from '../otlp/index.ts'

/** gRPC's codes for the catalogue's HTTP statuses (conventions of OTLP/gRPC). */
const codes = new Map<number, status>([
  [400, status.INVALID_ARGUMENT],
  [401, status.UNAUTHENTICATED],
  [403, status.PERMISSION_DENIED],
  [413, status.RESOURCE_EXHAUSTED],
  [415, status.INVALID_ARGUMENT],
  [429, status.RESOURCE_EXHAUSTED],
  [503, status.UNAVAILABLE],
])

/** `Any` with a `google.rpc.RetryInfo { retry_delay { seconds } }`, as field 3 of a Status. */
function retryDetail(seconds: number): Buffer {
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo')
  const info = Buffer.from([0x0a, 2, 0x08, seconds])
  const any = Buffer.concat([Buffer.from([0x0a, type.length]), type, Buffer.from([0x12, info.length]), info])
  return Buffer.concat([Buffer.from([0x1a, any.length]), any])
}

/** A refusal that exporters send again after a second: they look for the RetryInfo in its details. */
function retryLater(code: status, details: string): Partial<StatusObject> {
  const metadata = new Metadata()
  const body = Buffer.concat([
    encodeStatus('protobuf', { code, message: details }),
    retryDetail(limits.retryAfterSeconds),
  ])
  metadata.set('grpc-status-details-bin', body)
  return { code, details, metadata }
}

/** What errors of the catalogue have. */
interface Refused {
  code?: unknown
  statusCode?: number
  message?: string
}

/**
 * What a caller is told of an error: the catalogue's words and nothing else. What we do not know is UNAVAILABLE,
 * because exporters drop a batch on INTERNAL; a mistake in this program is INTERNAL, for trying again repeats it.
 */
export function statusOf(error: unknown): Partial<StatusObject> {
  const { code = '', statusCode = 500, message = '' } = error as Refused
  const known = String(code).startsWith('TRACE_') ? codes.get(statusCode) : undefined
  if (known !== undefined) {
    const again = statusCode === 429 || statusCode === 503
    return again ? retryLater(known, message) : { code: known, details: message }
  }
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) {
    return { code: status.INTERNAL, details: 'Something went wrong here' }
  }
  return retryLater(status.UNAVAILABLE, 'Something went wrong here; try again')
}
