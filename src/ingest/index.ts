import { storedPatterns } from '../access/grant.ts'
import type { Config } from '../config.ts'
import type { Metrics } from '../metrics.ts'
import type { Principal } from '../model/principal.ts'
import { decodeLogsRequest, decodeTraceRequest, inflate, type PartialSuccess } from '../otlp/index.ts'
import type { Redactor } from '../redact/index.ts'
import type { RowPlan, Store, WriteResult } from '../store/index.ts'
import { Admission, inflatedEstimate, type Ticket } from './admission.ts'
import { watchEventLoop } from './event-loop-lag.ts'
import { type ExplainReport, explainRequest } from './explain.ts'
import { takeLogs } from './logs.ts'
import { messageOf, total } from './refusals.ts'
import type { RowThreads } from './row-threads.ts'
import { type Body, newTally, spansOf, type Tally } from './spans-of.ts'

export type { Body } from './spans-of.ts'

/** What the walk of an export works with. */
export interface IngestParts {
  config: Pick<Config, 'maxBodyBytes' | 'maxInFlightBytes'>
  metrics: Metrics
  store: Pick<Store, 'writeSpans' | 'writeLogs' | 'denials'>
  redactorOf: (workspace: string) => Promise<Redactor>
  /** Makes rows beside this thread; absent = here. */
  threads?: RowThreads | null
}

/** The walk of exports, the same for HTTP and gRPC: decode, normalize, hold to the grant, redact, store. */
export class Ingest {
  readonly admission: Admission
  readonly #parts: IngestParts
  readonly #stop: () => void

  constructor(parts: IngestParts) {
    const { late, stop } = watchEventLoop()
    this.#parts = parts
    this.#stop = stop
    const behind = () => late() || parts.threads?.late() === true
    this.admission = new Admission(parts.config.maxInFlightBytes, parts.metrics.inFlightBytes, behind)
  }

  async close(): Promise<void> {
    this.#stop()
    await this.#parts.threads?.close()
  }

  /** Undoes the compression of a body; what it will hold inflated is reserved first. Throws what `inflate` throws. */
  async #inflate(body: Body, ticket: Ticket): Promise<Buffer> {
    const { maxBodyBytes } = this.#parts.config
    ticket.grow(inflatedEstimate(body.bytes, body.codec, maxBodyBytes))
    const inflated = await inflate(body.bytes, body.codec, maxBodyBytes)
    this.#countBytes(body, inflated.length)
    return inflated
  }

  /**
   * Takes an `ExportTraceServiceRequest`. Resolves after COMMIT with what exporters are told; rejects with
   * errors of the catalogue, and then sending again is harmless.
   */
  async traces(principal: Principal, body: Body, ticket: Ticket): Promise<PartialSuccess> {
    const { config, store, threads = null } = this.#parts
    const { workspace, workflows } = principal
    const expected = inflatedEstimate(body.bytes, body.codec, config.maxBodyBytes)
    ticket.grow(expected)
    let tally = newTally()
    const redactor = () => this.#parts.redactorOf(workspace)
    const reading = { maxBytes: config.maxBodyBytes, workflows, redactor }
    const spans = () => spansOf(body, reading, (tally = newTally()))
    const rows = async (plan: RowPlan) => {
      const { idKey } = await redactor()
      const context = { maxBytes: config.maxBodyBytes, workflows, workspace, idKey }
      const made = await (threads as RowThreads).rows(body, context, plan)
      tally = made.tally
      return made.batches
    }
    const apart = threads?.wants(Math.max(expected, body.bytes.length)) === true
    const writer = { workspace, workflows: storedPatterns(principal) }
    const written = await store.writeSpans(writer, spans, apart ? rows : null)
    return this.#told(principal, body, tally, written)
  }

  /** What exporters are told, after it was counted. */
  #told(principal: Principal, body: Body, tally: Tally, written: WriteResult): PartialSuccess {
    const { metrics } = this.#parts
    const { accepted, inflated, named, redactions } = tally
    const refused = [...tally.refused, ...written.refused]
    if (named !== null) this.#onRecord(principal, named)
    this.#countBytes(body, inflated)
    metrics.batchSpans.observe(accepted + total(tally.refused))
    metrics.spansAccepted.inc(accepted)
    for (const [rule, times] of redactions) metrics.redactions.inc({ rule }, times)
    metrics.spansStored.inc(written.stored)
    for (const { reason, count } of refused) metrics.spansRefused.inc({ reason }, count)
    return { rejected: total(refused), message: messageOf(refused) }
  }

  #countBytes(body: Body, inflated: number): void {
    this.#parts.metrics.ingestBytes.inc({ form: 'wire' }, body.bytes.length)
    this.#parts.metrics.ingestBytes.inc({ form: 'inflated' }, inflated)
  }

  /** The same for an `ExportLogsServiceRequest`: what says something of a span is kept, everything else refused. */
  async logs(principal: Principal, body: Body, ticket: Ticket): Promise<PartialSuccess> {
    return takeLogs(
      this.#parts,
      principal,
      decodeLogsRequest(await this.#inflate(body, ticket), body.encoding),
    )
  }

  /** The dry run of `traces`: what would become of a request. Nothing is written. Throws as `traces` does. */
  async explain({ workspace, workflows }: Principal, body: Body, ticket: Ticket): Promise<ExplainReport> {
    const request = decodeTraceRequest(await this.#inflate(body, ticket), body.encoding)
    return explainRequest(request, workflows, await this.#parts.redactorOf(workspace))
  }

  /** A writer that tries a workflow outside of its grant: added up with its repetitions, written once a minute. */
  #onRecord({ workspace, subject }: Principal, workflow: string): void {
    this.#parts.store.denials.note({ workspace, subject, action: 'workflow_denied', details: { workflow } })
  }
}
