import { holdToGrant } from '../access/grant.ts'
import type { TraceRequest } from '../model/otlp.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Span } from '../model/span.ts'
import { normalizeRequest } from '../normalize/index.ts'
import { decodeTraceProtobufParts, decodeTraceRequest, inflate, type OtlpEncoding } from '../otlp/index.ts'
import { type Redactor, redactId, redactSpan } from '../redact/index.ts'
import { slices } from './slices.ts'

/** A body as it came: still compressed, with its `Content-Encoding` in lower case ('' = none). */
export interface Body {
  bytes: Buffer
  codec: string
  encoding: OtlpEncoding
}

/** What became of the spans of a request on their way to the store. */
export interface Tally {
  /** Bytes of the body after inflation. */
  inflated: number
  accepted: number
  refused: Refusal[]
  /** How often each rule removed something. */
  redactions: Map<string, number>
  /** The first workflow outside of the grant that a span named, as it may be stored. */
  named: string | null
}

export const newTally = (): Tally => ({
  inflated: 0,
  accepted: 0,
  refused: [],
  redactions: new Map(),
  named: null,
})

/** Who the spans of a request are read for. */
export interface Reading {
  /** Bytes of a body after inflation: more are refused. */
  maxBytes: number
  /** Told how many a body has; what it throws ends the reading. */
  inflated: (bytes: number) => void
  /** The workflow patterns of the token. */
  workflows: readonly string[]
  /** Asked for once there is a span. */
  redactor: () => Promise<Redactor>
  /** Lets others have their turn; resolves when it is this request's again. Absent = whatever waits in this thread. */
  pause?: () => Promise<void>
  /** Compressed bytes that are inflated at once; absent = few, for a thread that has sockets to look after. */
  atOnce?: number
}

const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Spans that are understood and redacted in one go: a few milliseconds of the event loop. */
const SLICE_SPANS = 64
/** Milliseconds of work after which others have their turn. */
const TURN_MS = 10

/**
 * The spans of an `ExportTraceServiceRequest` as they may be stored: each slice is decoded, understood, held to the
 * grant and redacted when it is asked for. What may not be stored is told to `tally`. Throws what `inflate`,
 * `inflated` and the decoder throw.
 */
export async function* spansOf(body: Body, reading: Reading, tally: Tally): AsyncGenerator<Span[]> {
  let turn = performance.now()
  const bytes = await inflate(body.bytes, body.codec, reading.maxBytes, reading.atOnce)
  reading.inflated(bytes.length)
  tally.inflated = bytes.length
  let redactor: Redactor | null = null
  for (const slice of decodedSlices(bytes, body.encoding)) {
    // an empty request asks nothing of the database
    if (slice.resourceSpans.length > 0) redactor ??= await reading.redactor()
    const spans = understand(slice, reading.workflows, redactor, tally)
    if (spans.length > 0) yield spans
    if (performance.now() - turn < TURN_MS) continue
    // One huge batch must not keep the small ones of others waiting.
    await (reading.pause ?? giveWay)()
    turn = performance.now()
  }
}

function decodedSlices(bytes: Buffer, encoding: OtlpEncoding): Iterable<TraceRequest> {
  if (encoding === 'protobuf') return decodeTraceProtobufParts(bytes, SLICE_SPANS)
  return slices(decodeTraceRequest(bytes, encoding), SLICE_SPANS)
}

/** Spans of a slice as they may be stored; what may not is told to `tally`. */
function understand(
  slice: TraceRequest,
  workflows: readonly string[],
  redactor: Redactor | null,
  tally: Tally,
): Span[] {
  const normalized = normalizeRequest(slice)
  const { spans, denied, named } = holdToGrant(normalized.spans, workflows)
  tally.refused.push(...normalized.refused)
  if (denied > 0) tally.refused.push({ reason: 'workflow_denied', count: denied })
  if (redactor === null) return []
  if (named !== null) tally.named ??= redactId(named, redactor)
  for (let i = 0; i < spans.length; i++) {
    const { span, counts } = redactSpan(spans[i] as Span, redactor)
    spans[i] = span
    for (const [rule, times] of counts) {
      tally.redactions.set(rule, (tally.redactions.get(rule) ?? 0) + times)
    }
  }
  tally.accepted += spans.length
  return spans
}
