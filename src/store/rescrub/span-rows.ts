import type { Selectable } from 'kysely'
import type { Client } from 'pg'
import type { Span } from '../../model/span.ts'
import { contextFromStored, type StoredContext } from '../contexts.ts'
import { NO_CONTEXT, spanFromRow } from '../load-spans.ts'
import { readContents } from '../message-read.ts'
import type { SpansTable } from '../tables.ts'
import type { Work } from './work.ts'

/** Traces looked for at once. */
const TRACES = 500
/** Bytes of rows, compressed as they are stored, that are read at once; a single row may have more. */
const BATCH_BYTES = 1024 * 1024
/** Rows that are read at once. */
const BATCH_ROWS = 200

/** Which rows: those that another rule set let in, received within the time asked for. */
const stale = `redaction_version <> $1 and received_at >= $2 and received_at < $3`
const staleValues = ({ version, since, until }: Work) => [version, since, until]

export interface TraceId {
  realm: number
  trace_id: Buffer
}

/** Traces with stale rows in key order, from those after `after`. */
export async function* staleTraces(work: Work, table: 'spans' | 'span_logs'): AsyncGenerator<TraceId> {
  const realms = [...work.scrubs.keys()]
  let after: TraceId = { realm: -1, trace_id: Buffer.alloc(0) }
  for (;;) {
    const { rows } = await work.client.query<TraceId>(
      `select realm, trace_id from ${table} where ${stale} and realm = any($4) and (realm, trace_id) > ($5, $6)
       group by realm, trace_id order by realm, trace_id limit ${TRACES}`,
      [...staleValues(work), realms, after.realm, after.trace_id],
    )
    yield* rows
    if (rows.length < TRACES) return
    after = rows.at(-1) ?? after
  }
}

/** The key of a row within its trace. */
export interface RowKey {
  span_id: Buffer
  /** `YYYY-MM-DD`. */
  day: string
}

/** The stale rows of a trace, in batches that fit into memory. */
export async function staleKeys(work: Work, { realm, trace_id }: TraceId): Promise<RowKey[][]> {
  const { rows } = await work.client.query<RowKey & { bytes: number }>(
    `select span_id, day::text as day, coalesce(pg_column_size(attributes), 0) + coalesce(pg_column_size(content), 0)
       + coalesce(pg_column_size(events), 0) + coalesce(pg_column_size(links), 0) as bytes
     from spans where ${stale} and realm = $4 and trace_id = $5 order by spans.span_id, spans.day`,
    [...staleValues(work), realm, trace_id],
  )
  const batches: RowKey[][] = []
  let room = 0
  for (const row of rows) {
    const last = batches.at(-1)
    room -= row.bytes
    if (last === undefined || room < 0 || last.length >= BATCH_ROWS) {
      batches.push([row])
      room = BATCH_BYTES - row.bytes
    } else last.push(row)
  }
  return batches
}

/** A stored row and the span it holds. */
export interface StoredRow extends RowKey {
  rank: Buffer
  /** Microseconds since 1970. */
  receivedUs: bigint
  /** True when values of it are references to `messages`. */
  shared: boolean
  span: Span
}

type Row = Selectable<SpansTable> & { day_text: string; received_us: string; shared: boolean }

/** These rows as they stand now, whole. */
export async function loadRows(
  client: Client,
  { realm, trace_id }: TraceId,
  keys: readonly RowKey[],
): Promise<StoredRow[]> {
  const { rows } = await client.query<Row>(
    `select s.*, s.day::text as day_text, (extract(epoch from received_at) * 1000000)::bigint as received_us,
       coalesce(content, '') like '%"parts":[%' or coalesce(events, '') like '%"parts":[%' as shared
     from unnest($3::bytea[], $4::date[]) key (span_id, day)
     join spans s on s.realm = $1 and s.trace_id = $2 and s.span_id = key.span_id and s.day = key.day
     order by s.span_id, s.day`,
    [realm, trace_id, keys.map((key) => key.span_id), keys.map((key) => key.day)],
  )
  await readContents(client, realm, rows)
  const { rows: found } = await client.query<{ hash: Buffer; body: StoredContext }>(
    'select hash, body from contexts where realm = $1 and hash = any($2)',
    [realm, rows.map((row) => row.context)],
  )
  const contexts = new Map(found.map(({ hash, body }) => [hash.toString('hex'), contextFromStored(body)]))
  return rows.map((row) => ({
    span_id: row.span_id,
    day: row.day_text,
    rank: row.rank,
    receivedUs: BigInt(row.received_us),
    shared: row.shared,
    span: spanFromRow(row, contexts.get(row.context.toString('hex')) ?? NO_CONTEXT),
  }))
}
