import { storedPatterns } from '../access/grant.ts'
import type { Config } from '../config.ts'
import { BodyTooLarge } from '../errors.ts'
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
    const { hold } = this.#roomFor(body, ticket)
    const inflated = await inflate(body.bytes, body.codec, maxBodyBytes)
    hold(inflated.length)
    this.#countBytes(body, inflated.length)
    return inflated
  }

  /**
   * Reserves what a body's end says that it holds inflated. `room`: the bytes that it may have then without asking
   * again; `hold` reserves what it has beyond, as the end of a body may speak of its last part only. Both throw what
   * `Ticket.grow` throws.
   */
  #roomFor({ bytes, codec }: Body, ticket: Ticket): { room: number; hold: (inflated: number) => void } {
    const expected = inflatedEstimate(bytes, codec, this.#parts.config.maxBodyBytes)
    ticket.grow(expected)
    const room = Math.max(expected, bytes.length)
    let held = room
    const hold = (inflated: number) => {
      if (inflated > held) ticket.grow(inflated - held)
      held = Math.max(held, inflated)
    }
    return { room, hold }
  }

  /**
   * Takes an `ExportTraceServiceRequest`. Resolves after COMMIT with what exporters are told; rejects with
   * errors of the catalogue, and then sending again is harmless.
   */
  async traces(principal: Principal, body: Body, ticket: Ticket): Promise<PartialSuccess> {
    const { config, store, threads = null } = this.#parts
    const { workspace, workflows } = principal
    const { room, hold } = this.#roomFor(body, ticket)
    let tally = newTally()
    const redactor = () => this.#parts.redactorOf(workspace)
    const reading = { maxBytes: config.maxBodyBytes, inflated: hold, workflows, redactor }
    const spans = () => spansOf(body, reading, (tally = newTally()))
    const rows = async (plan: RowPlan) => {
      const { idKey } = await redactor()
      // a thread cannot ask for more room: what turns out to be larger is read here
      const context = { maxBytes: room, workflows, workspace, idKey }
      const made = await unlessLarger(
        room < config.maxBodyBytes,
        (threads as RowThreads).rows(body, context, plan),
      )
      if (made === null) return null
      tally = made.tally
      return made.batches
    }
    const apart = threads?.wants(room) === true
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

/** What `made` resolves with; null where it may find a body too large (`mayBe`), and does. */
async function unlessLarger<T>(mayBe: boolean, made: Promise<T>): Promise<T | null> {
  try {
    return await made
  } catch (error) {
    if (mayBe && error instanceof BodyTooLarge) return null
    throw error
  }
}
