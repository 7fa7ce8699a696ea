import { holdToGrant } from '../access/grant.ts'
import type { Config } from '../config.ts'
import type { Metrics } from '../metrics.ts'
import type { TraceRequest } from '../model/otlp.ts'
import type { Principal } from '../model/principal.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Span } from '../model/span.ts'
import { normalizeRequest } from '../normalize/index.ts'
import {
  decodeLogsRequest,
  decodeTraceRequest,
  inflate,
  type OtlpEncoding,
  type PartialSuccess,
} from '../otlp/index.ts'
import { countRules, type Redactor, redactSpan } from '../redact/index.ts'
import type { Store, WriteResult } from '../store/index.ts'
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
  store: Pick<Store, 'writeSpans' | 'writeLogs'>
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
/** Spans that go to the store together; more would wait for each other in memory. */
const WRITE_SPANS = 2_048

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
    const { metrics, redactorOf } = this.#parts
    const request = decodeTraceRequest(await this.inflate(body, ticket), body.encoding)
    const refused: Refusal[] = []
    const writes: Promise<WriteResult>[] = []
    // An empty request asks nothing of the database.
    const redactor = request.resourceSpans.length > 0 ? await redactorOf(principal.workspace) : null
    let accepted = 0
    let pending: Span[] = []
    let turn = performance.now()
    for (const slice of slices(request, SLICE_SPANS)) {
      const spans = this.#understand(slice, principal, redactor, refused)
      accepted += spans.length
      pending = pending.length === 0 ? spans : [...pending, ...spans]
      if (pending.length >= WRITE_SPANS) {
        writes.push(this.#write(principal, pending))
        pending = []
      }
      if (performance.now() - turn < TURN_MS) continue
      // One huge batch must not keep the small ones of others waiting.
      await new Promise((resolve) => setImmediate(resolve))
      turn = performance.now()
    }
    if (pending.length > 0) writes.push(this.#write(principal, pending))
    metrics.batchSpans.observe(accepted + total(refused))
    metrics.spansAccepted.inc(accepted)
    for (const written of await everyOne(writes)) {
      metrics.spansStored.inc(written.stored)
      refused.push(...written.refused)
    }
    for (const { reason, count } of refused) metrics.spansRefused.inc({ reason }, count)
    return { rejected: total(refused), message: messageOf(refused) }
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

  /** Spans of a slice as they may be stored; what may not is added to `refused`. */
  #understand(
    slice: TraceRequest,
    principal: Principal,
    redactor: Redactor | null,
    refused: Refusal[],
  ): Span[] {
    const normalized = normalizeRequest(slice)
    const { spans, denied } = holdToGrant(normalized.spans, principal.workflows)
    refused.push(...normalized.refused)
    if (denied > 0) refused.push({ reason: 'workflow_denied', count: denied })
    if (redactor === null) return []
    const redacted = spans.map((span) => redactSpan(span, redactor))
    for (const [rule, times] of countRules(redacted.map(({ counts }) => counts))) {
      this.#parts.metrics.redactions.inc({ rule }, times)
    }
    return redacted.map(({ span }) => span)
  }

  #write({ workspace, workflows }: Principal, spans: readonly Span[]): Promise<WriteResult> {
    return this.#parts.store.writeSpans({ workspace, workflows }, spans)
  }
}

/** All results, or the first failure once none is under way: bytes are given back only then. */
async function everyOne<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work)
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
