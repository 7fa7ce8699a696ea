import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import type { Headers as HeaderFields } from './endpoint.ts'

const compress = promisify(gzip)
/** Bytes below which compression costs more than it saves. */
const COMPRESS_FROM = 1_024

export type Delivery =
  | { ok: true; refused: number; reason: string }
  | { ok: false; retryable: boolean; retryAfterMs: number | null; reason: string }

/**
 * Sends one OTLP/HTTP request. Resolves in any case; retryable are the network and the statuses that OTLP
 * names (429, 502, 503, 504).
 */
export async function deliver(
  url: string,
  headers: HeaderFields,
  spans: ReadableSpan[],
  signal: AbortSignal,
): Promise<Delivery> {
  try {
    const bytes = ProtobufTraceSerializer.serializeRequest(spans)
    if (!bytes) return { ok: true, refused: 0, reason: '' }
    const zip = bytes.length >= COMPRESS_FROM
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/x-protobuf',
        ...(zip ? { 'content-encoding': 'gzip' } : {}),
      },
      body: new Uint8Array(zip ? await compress(bytes) : bytes),
      // a redirect would carry the token elsewhere
      redirect: 'error',
      signal,
    })
    const body = new Uint8Array(await response.arrayBuffer())
    return response.ok ? accepted(body) : refusal(response)
  } catch (error) {
    return { ok: false, retryable: true, retryAfterMs: null, reason: networkReason(error) }
  }
}

function accepted(body: Uint8Array): Delivery {
  if (body.length === 0) return { ok: true, refused: 0, reason: '' }
  try {
    const partial = ProtobufTraceSerializer.deserializeResponse(body).partialSuccess
    return { ok: true, refused: Number(partial?.rejectedSpans ?? 0), reason: partial?.errorMessage ?? '' }
  } catch {
    return { ok: true, refused: 0, reason: '' }
  }
}

function refusal(response: Response): Delivery {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN)
  return {
    ok: false,
    retryable: isRetryable(response.status),
    retryAfterMs: Number.isFinite(after) && after >= 0 ? after * 1000 : null,
    reason: `HTTP ${response.status}`,
  }
}

export function isRetryable(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504
}

/** `fetch failed` says nothing; its cause has the code. */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const cause = error.cause as { code?: unknown } | undefined
  if (typeof cause?.code === 'string') return cause.code
  return error.name === 'AbortError' || error.name === 'TimeoutError' ? 'timeout' : error.message
}
