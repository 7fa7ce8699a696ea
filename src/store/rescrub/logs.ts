import type { SpanLog } from '../../model/log.ts'
import { deleteUnreferenced } from '../delete-messages.ts'
import { loggedArtifacts, noteLogged } from '../logged-artifacts.ts'
import { hashedText, joinLogs, type LogRow, logBody, logFromRow, logHash } from '../span-logs.ts'
import { staleTraces, type TraceId } from './span-rows.ts'
import { inBatch, markDirty } from './transaction.ts'
import { addTo, count, type Found, nothingFound, scrubOf, type Work } from './work.ts'

/** Rows that are read at once. */
const BATCH = 200
/** Equal records of one request are numbered; beyond, a record counts as the first of its kind. */
const MOST_EQUAL = 1_000

interface Key {
  span_id: Buffer
  day: string
  hash: Buffer
}

type Row = LogRow & { day: string; hash: Buffer; shared?: boolean }

interface Batch extends Found {
  /** Keys of rows that the rules change, with what takes their place; null = the policy does not store it. */
  changes: { row: Row; log: SpanLog | null; hash: Buffer }[]
  same: Row[]
}

/** Re-scrubs every stale log record: its key is made of what it holds, so a changed one is another row. */
export async function rescrubLogs(work: Work): Promise<void> {
  for await (const trace of staleTraces(work, 'span_logs')) {
    let after: Key | null = { span_id: Buffer.alloc(0), day: '-infinity', hash: Buffer.alloc(0) }
    while (after !== null) {
      const from: Key = after
      const read = () => look(work, trace, from)
      const batch: Batch = work.dryRun
        ? await read()
        : await inBatch(work.client, read, (one) => store(work, trace, one))
      addTo(work.report, 'logs', batch)
      after = batch.seen < BATCH ? null : lastKey(batch)
    }
  }
}

function lastKey({ changes, same }: Batch): Key | null {
  const keys = [...changes.map(({ row }) => row), ...same].map((row) => ({
    span_id: Buffer.from(row.span_id, 'hex'),
    day: row.day,
    hash: row.hash,
  }))
  return keys.sort(byKey).at(-1) ?? null
}

const byKey = (a: Key, b: Key) =>
  a.span_id.compare(b.span_id) || (a.day < b.day ? -1 : a.day > b.day ? 1 : 0) || a.hash.compare(b.hash)

async function look(work: Work, { realm, trace_id }: TraceId, after: Key): Promise<Batch> {
  const { rows } = await work.client.query<Row>(
    `select encode(trace_id, 'hex') as trace_id, encode(span_id, 'hex') as span_id, day::text as day, hash, time_ns,
       event_name, body
     from span_logs l where redaction_version <> $1 and received_at >= $2 and received_at < $3
       and realm = $4 and trace_id = $5 and (l.span_id, l.day, l.hash) > ($6, $7::date, $8)
     order by l.span_id, l.day, l.hash limit ${BATCH}`,
    [work.version, work.since, work.until, realm, trace_id, after.span_id, after.day, after.hash],
  )
  for (const row of rows) row.shared = 'r' in row.body
  await joinLogs(work.client, realm, rows)
  const batch: Batch = { ...nothingFound(), changes: [], same: [] }
  for (const row of rows) {
    const before = logFromRow(row)
    const { log, counts } = scrubOf(work, realm).log(before)
    count(batch, counts)
    if (log === before) batch.same.push(row)
    else batch.changes.push({ row, log, hash: log === null ? row.hash : hashLike(before, row.hash, log) })
  }
  batch.seen = rows.length
  batch.changed = batch.changes.length
  return batch
}

/** The key that the changed record would have had, had it come like this: equal ones keep their numbers. */
function hashLike(before: SpanLog, hash: Buffer, after: SpanLog): Buffer {
  const old = hashedText(before, logBody(before))
  let number = 0
  while (number < MOST_EQUAL && !logHash(old, number).equals(hash)) number++
  return logHash(hashedText(after, logBody(after)), number === MOST_EQUAL ? 0 : number)
}

async function store(work: Work, trace: TraceId, { changes, same }: Batch): Promise<void> {
  const { client, version } = work
  const { realm, trace_id } = trace
  const loses = changes.some(({ row }) => row.shared)
  // before anything else is held: who writes messages waits for it
  if (loses) await client.query('lock table messages in share row exclusive mode')
  const keys = (rows: readonly Row[]) => [
    realm,
    trace_id,
    rows.map((row) => Buffer.from(row.span_id, 'hex')),
    rows.map((row) => row.day),
    rows.map((row) => row.hash),
  ]
  const old = 'unnest($3::bytea[], $4::date[], $5::bytea[])'
  const match = `l.realm = $1 and l.trace_id = $2 and l.span_id = old.span_id and l.day = old.day and l.hash = old.hash`
  await client.query(
    `update span_logs l set redaction_version = $6 from ${old} old (span_id, day, hash) where ${match}`,
    [...keys(same), version],
  )
  if (changes.length === 0) return
  const kept = changes.filter(({ log }) => log !== null)
  const artifacts = kept.map(({ log }) => (log === null ? null : loggedArtifacts(log)))
  await client.query(
    `insert into span_logs (realm, trace_id, span_id, day, hash, time_ns, position, event_name, received_at,
       redaction_version, body, artifacts)
     select l.realm, l.trace_id, l.span_id, l.day, old.now_hash, l.time_ns, l.position, old.name, l.received_at, $9,
       old.body::json, old.artifacts::json
     from unnest($3::bytea[], $4::date[], $5::bytea[], $6::bytea[], $7::text[], $8::text[], $10::text[])
       old (span_id, day, hash, now_hash, name, body, artifacts)
     join span_logs l on ${match} where old.now_hash <> old.hash
     on conflict do nothing`,
    [
      ...keys(kept.map(({ row }) => row)),
      kept.map(({ hash }) => hash),
      kept.map(({ log }) => log?.name ?? ''),
      kept.map(({ log }) => (log === null ? '' : logBody(log))),
      version,
      artifacts,
    ],
  )
  await noteLogged(client, trace.realm, artifacts)
  await client.query(
    `delete from span_logs l using ${old} old (span_id, day, hash) where ${match}`,
    keys(changes.map(({ row }) => row)),
  )
  if (loses) await deleteUnreferenced(client, realm, [trace_id])
  await markDirty(client, realm, trace_id, new Set())
}
