import { holdToGrant, storedPatterns } from '../access/grant.ts'
import type { Config } from '../config.ts'
import type { Metrics } from '../metrics.ts'
import type { TraceRequest } from '../model/otlp.ts'
import type { Principal } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Span } from '../model/span.ts'
import { normalizeRequest } from '../normalize/index.ts'
import {
  decodeLogsRequest,
  decodeTraceProtobufParts,
  decodeTraceRequest,
  inflate,
  type OtlpEncoding,
  type PartialSuccess,
} from '../otlp/index.ts'
import { type Redactor, redactId, redactSpan } from '../redact/index.ts'
import type { Store } from '../store/index.ts'
import { Admission, inflatedEstimate, type Ticket } from './admission.ts'
import { watchEventLoop } from './event-loop-lag.ts'
import { type ExplainReport, explainRequest } from './explain.ts'
import { takeLogs } from './logs.ts'
import { messageOf, total } from './refusals.ts'
import { slices } from './slices.ts'

/** What the walk of an export works with. */
export interface IngestParts {
  config: Pick<Config, 'maxBodyBytes' | 'maxInFlightBytes'>
  metrics: Metrics
  store: Pick<Store, 'writeSpans' | 'writeLogs' | 'denials'>
  redactorOf: (workspace: string) => Promise<Redactor>
}

/** A body as it came: still compressed, with its `Content-Encoding` in lower case ('' = none). */
export interface Body {
  bytes: Buffer
  codec: string
  encoding: OtlpEncoding
}

/** Spans that are understood and redacted in one go: a few milliseconds of the event loop. */
const SLICE_SPANS = 64
/** Milliseconds of work after which others have their turn. */
const TURN_MS = 10

/** The walk of exports, the same for HTTP and gRPC: decode, normalize, hold to the grant, redact, store. */
export class Ingest {
  readonly admission: Admission
  readonly #parts: IngestParts
  readonly #stop: () => void

  constructor(parts: IngestParts) {
    const { late, stop } = watchEventLoop()
    this.#parts = parts
    this.#stop = stop
    this.admission = new Admission(parts.config.maxInFlightBytes, parts.metrics.inFlightBytes, late)
  }

  close(): void {
    this.#stop()
  }

  /** Undoes the compression of a body; what it will hold inflated is reserved first. Throws what `inflate` throws. */
  async inflate({ bytes, codec }: Body, ticket: Ticket): Promise<Buffer> {
    const { config, metrics } = this.#parts
    ticket.grow(inflatedEstimate(bytes, codec, config.maxBodyBytes))
    const inflated = await inflate(bytes, codec, config.maxBodyBytes)
    metrics.ingestBytes.inc({ form: 'wire' }, bytes.length)
    metrics.ingestBytes.inc({ form: 'inflated' }, inflated.length)
    return inflated
  }

  /**
   * Takes an `ExportTraceServiceRequest`. Resolves after COMMIT with what exporters are told; rejects with
   * errors of the catalogue, and then sending again is harmless.
   */
  async traces(principal: Principal, body: Body, ticket: Ticket): Promise<PartialSuccess> {
    const { metrics, store } = this.#parts
    const inflated = await this.inflate(body, ticket)
    let tally = newTally()
    const writer = { workspace: principal.workspace, workflows: storedPatterns(principal) }
    const written = await store.writeSpans(writer, () => {
      tally = newTally()
      return this.#spansOf(inflated, body.encoding, principal, tally)
    })
    const { accepted, refused, redactions, named } = tally
    if (named !== null) this.#onRecord(principal, named)
    metrics.batchSpans.observe(accepted + total(refused))
    metrics.spansAccepted.inc(accepted)
    for (const [rule, times] of redactions) metrics.redactions.inc({ rule }, times)
    metrics.spansStored.inc(written.stored)
    refused.push(...written.refused)
    for (const { reason, count } of refused) metrics.spansRefused.inc({ reason }, count)
    return { rejected: total(refused), message: messageOf(refused) }
  }

  /** The spans of a request as they may be stored: each slice is decoded, understood and redacted when asked for. */
  async *#spansOf(
    bytes: Buffer,
    encoding: OtlpEncoding,
    principal: Principal,
    tally: Tally,
  ): AsyncGenerator<Span[]> {
    let redactor: Redactor | null = null
    let turn = performance.now()
    for (const slice of decodedSlices(bytes, encoding)) {
      // an empty request asks nothing of the database
      if (slice.resourceSpans.length > 0) redactor ??= await this.#parts.redactorOf(principal.workspace)
      const spans = this.#understand(slice, principal, redactor, tally)
      if (spans.length > 0) yield spans
      if (performance.now() - turn < TURN_MS) continue
      // One huge batch must not keep the small ones of others waiting.
      await new Promise((resolve) => setImmediate(resolve))
      turn = performance.now()
    }
  }

  /** The same for an `ExportLogsServiceRequest`: what says something of a span is kept, everything else refused. */
  async logs(principal: Principal, body: Body, ticket: Ticket): Promise<PartialSuccess> {
    return takeLogs(
      this.#parts,
      principal,
      decodeLogsRequest(await this.inflate(body, ticket), body.encoding),
    )
  }

  /** The dry run of `traces`: what would become of a request. Nothing is written. Throws as `traces` does. */
  async explain({ workspace, workflows }: Principal, body: Body, ticket: Ticket): Promise<ExplainReport> {
    const request = decodeTraceRequest(await this.inflate(body, ticket), body.encoding)
    return explainRequest(request, workflows, await this.#parts.redactorOf(workspace))
  }

  /** Spans of a slice as they may be stored; what may not is told to `tally`. */
  #understand(
    slice: TraceRequest,
    { workflows }: Principal,
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

  /** A writer that tries a workflow outside of its grant: added up with its repetitions, written once a minute. */
  #onRecord({ workspace, subject }: Principal, workflow: string): void {
    this.#parts.store.denials.note({ workspace, subject, action: 'workflow_denied', details: { workflow } })
  }
}

/** What became of the spans of a request on their way to the store. */
interface Tally {
  accepted: number
  refused: Refusal[]
  /** How often each rule removed something. */
  redactions: Map<string, number>
  /** The first workflow outside of the grant that a span named, as it may be stored. */
  named: string | null
}

const newTally = (): Tally => ({ accepted: 0, refused: [], redactions: new Map(), named: null })

function decodedSlices(bytes: Buffer, encoding: OtlpEncoding): Iterable<TraceRequest> {
  if (encoding === 'protobuf') return decodeTraceProtobufParts(bytes, SLICE_SPANS)
  return slices(decodeTraceRequest(bytes, encoding), SLICE_SPANS)
}
