import type { PoolClient } from 'pg'
import type { Span } from '../../model/span.ts'
import { type Context, contextOf } from '../contexts.ts'
import { copyIn } from '../copy-in.ts'
import { CopyRows } from '../copy-row.ts'
import { countUnreferenced, deleteUnreferenced } from '../delete-messages.ts'
import { MessageRows } from '../message-parts.ts'
import { PG_EPOCH_DAYS, SPAN_COLUMNS, writeSpanRow } from '../span-row.ts'
import { loadRows, type RowKey, type StoredRow, staleKeys, staleTraces, type TraceId } from './span-rows.ts'
import { inBatch, markDirty } from './transaction.ts'
import { addTo, count, type Found, nothingFound, scrubOf, type Work } from './work.ts'

const MS_PER_DAY = 86_400_000

/** A row that the rules change, and the span that takes its place. */
interface Change {
  row: StoredRow
  span: Span
}

interface Batch extends Found {
  changes: Change[]
  same: StoredRow[]
}

/**
 * Re-scrubs every stale span, trace by trace. A row keeps its place, day and time of receipt; its rank is made anew
 * from what it holds now, so that the span, sent again, finds itself. Values that were references stay references.
 */
export async function rescrubSpans(work: Work): Promise<void> {
  for await (const trace of staleTraces(work, 'spans')) {
    const batches = await staleKeys(work, trace)
    let unreferenced = false
    for (const [index, keys] of batches.entries()) {
      const last = index === batches.length - 1
      const batch = await rescrubBatch(work, trace, keys, last ? unreferenced : null)
      unreferenced ||= batch.changes.some(({ row }) => row.shared)
      addTo(work.report, 'spans', batch)
    }
  }
}

/** `sweep`: null = more batches of the trace follow; true = messages lost their spans on the way. */
async function rescrubBatch(
  work: Work,
  trace: TraceId,
  keys: readonly RowKey[],
  sweep: boolean | null,
): Promise<Batch> {
  const read = async () => {
    const batch = await look(work, trace, keys)
    const loose =
      sweep === true ||
      (sweep === false && (await countUnreferenced(work.client, trace.realm, trace.trace_id)) > 0)
    return { ...batch, sweep: loose || (sweep !== null && batch.changes.some(({ row }) => row.shared)) }
  }
  if (work.dryRun) return look(work, trace, keys)
  return inBatch(work.client, read, (batch) => store(work, trace, batch))
}

async function look(work: Work, trace: TraceId, keys: readonly RowKey[]): Promise<Batch> {
  const scrub = scrubOf(work, trace.realm)
  const batch: Batch = { ...nothingFound(), changes: [], same: [] }
  for (const row of await loadRows(work.client, trace, keys)) {
    const { span, counts } = scrub.span(row.span)
    count(batch, counts)
    if (span === row.span) batch.same.push(row)
    else batch.changes.push({ row, span })
  }
  batch.seen = batch.same.length + batch.changes.length
  batch.changed = batch.changes.length
  return batch
}

async function store(work: Work, trace: TraceId, batch: Batch & { sweep: boolean }): Promise<void> {
  const { client, version } = work
  const { realm, trace_id } = trace
  // before anything else is held: who writes messages waits for it
  if (batch.sweep) await client.query('lock table messages in share row exclusive mode')
  if (batch.changes.length > 0) await replace(work, trace, batch.changes)
  await client.query(
    `update spans s set redaction_version = $6
     from unnest($3::bytea[], $4::date[], $5::bytea[]) old (span_id, day, rank)
     where s.realm = $1 and s.trace_id = $2 and s.span_id = old.span_id and s.day = old.day and s.rank = old.rank`,
    [realm, trace_id, ...columnsOf(batch.same), version],
  )
  if (batch.sweep) await deleteUnreferenced(client, realm, [trace_id])
}

const columnsOf = (rows: readonly StoredRow[]) => [
  rows.map((row) => row.span_id),
  rows.map((row) => row.day),
  rows.map((row) => row.rank),
]

/** What a row says of its place stays; everything else comes from the stage. A row that was replaced stays as it is. */
const moveIn = `
  update spans s set redaction_version = n.redaction_version, rank = n.rank,
    ${SPAN_COLUMNS.slice(7)
      .map((column) => `${column} = n.${column}`)
      .join(', ')}
  from rescrub_stage n
  join unnest($3::bytea[], $4::date[], $5::bytea[]) old (span_id, day, rank)
    on old.span_id = n.span_id and old.day = n.day
  where s.realm = $1 and s.trace_id = $2 and s.span_id = n.span_id and s.day = n.day and s.rank = old.rank`

async function replace(work: Work, { realm, trace_id }: TraceId, changes: readonly Change[]): Promise<void> {
  const client = work.client as unknown as PoolClient
  const rows = new CopyRows(changes.length * 1024)
  // what was shared is shared again, whether or not this process has seen it
  const messages = new MessageRows(realm, { again: () => true })
  const contexts = new Map<string, Context>()
  const executions = new Set<string>()
  for (const { row, span } of changes) {
    const context = contextOf(span.resource, span.scope)
    contexts.set(context.key, context)
    const day = Date.parse(row.day) / MS_PER_DAY
    writeSpanRow(rows, span, {
      realm,
      day,
      receivedUs: row.receivedUs,
      redactionVersion: work.version,
      context: context.hash,
      ...(row.shared ? { share: messages.shareFor(span.traceId, day - PG_EPOCH_DAYS) } : {}),
    })
    for (const id of [row.span.executionId, span.executionId]) if (id !== null) executions.add(id)
  }
  await client.query(
    `insert into contexts (realm, hash, body) select $1, hash, body::json from unnest($2::bytea[], $3::text[]) c (hash, body)
     order by hash on conflict do nothing`,
    [realm, [...contexts.values()].map(({ hash }) => hash), [...contexts.values()].map(({ body }) => body)],
  )
  const shared = messages.slice()
  if (shared.length > 0) {
    await copyIn(
      client,
      'copy rescrub_messages (realm, trace_id, day, hash, body) from stdin (format binary)',
      [[shared]],
    )
    await client.query(
      'insert into messages select * from rescrub_messages order by realm, trace_id, day, hash on conflict do nothing',
    )
  }
  await copyIn(client, `copy rescrub_stage (${SPAN_COLUMNS.join(', ')}) from stdin (format binary)`, [
    [rows.slice()],
  ])
  await client.query(moveIn, [realm, trace_id, ...columnsOf(changes.map(({ row }) => row))])
  await markDirty(work.client, realm, trace_id, executions)
}

/** Emptied by every commit. */
export const makeStages = `
  create temporary table if not exists rescrub_stage (like spans) on commit delete rows;
  create temporary table if not exists rescrub_messages (like messages) on commit delete rows`
