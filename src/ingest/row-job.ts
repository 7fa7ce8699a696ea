import type { OtlpEncoding } from '../otlp/index.ts'
import type { RedactorOptions } from '../redact/index.ts'
import type { RowPlan } from '../store/encode-batch.ts'
import type { SentBatch } from '../store/sent-rows.ts'
import type { Tally } from './spans-of.ts'

/** What a thread that makes rows is told at its start. */
export interface RowThreadData {
  redaction: Omit<RedactorOptions, 'idKey'>
}

/** A request of which a thread is to make the rows. */
export interface RowJob {
  id: number
  bytes: Uint8Array
  codec: string
  encoding: OtlpEncoding
  maxBytes: number
  /** The patterns of the token. */
  workflows: readonly string[]
  workspace: string
  /** The workspace's key for ids. */
  idKey: Uint8Array
  plan: Omit<RowPlan, 'days'>
  /** The days of the plan; null = those of the job before. */
  days: readonly string[] | null
  /** Memory of rows that were stored: to be used again. */
  spare: ArrayBuffer[]
}

/** A thread is ready; the rows of a request; or the error that it ended with: of the catalogue, or (`code` null) none of it. */
export type RowAnswer =
  | { ready: true }
  | { id: number; batches: SentBatch[]; tally: Tally }
  | { id: number; code: string | null; message: string }
