import { hash } from 'node:crypto'
import { CompiledQuery, type Kysely } from 'kysely'
import type { ClientBase, Pool, PoolClient } from 'pg'
import type { SpanLog } from '../model/log.ts'
import { dayOf } from './encode-batch.ts'
import { LogParts } from './log-parts.ts'
import { loggedArtifacts, noteLogged } from './logged-artifacts.ts'
import { readContents } from './message-read.ts'
import { attributesFromStored, attributesToJson } from './stored-value.ts'
import type { Tables } from './tables.ts'

/** Where and when records are stored. */
interface LogPlace {
  realm: number
  /** The days that have a partition. */
  days: ReadonlySet<string>
  nowMs: number
  redactionVersion: number
  /** The newest erasure that was known when the records were let in. */
  erasuresKnown: bigint
}

const MS_PER_DAY = 86_400_000

/**
 * Stores log records of spans, and marks their traces. Resolves after COMMIT; a record that is there writes nothing.
 * Rejects with the driver's error (see `isOutdated`); then nothing is stored.
 */
export async function writeSpanLogs(pool: Pool, logs: readonly SpanLog[], place: LogPlace): Promise<void> {
  const traces = [...new Set(logs.map((log) => log.traceId))].sort()
  const rows = logs.map((log, position) => ({
    log,
    position,
    body: logBody(log),
    day: dateOf(dayOf(log.timeNs, place.days)),
  }))
  const hashes = hashesOf(rows)
  const artifacts = logs.map(loggedArtifacts)
  const parts = new LogParts()
  // under the sentinel, messages would be deleted apart from their records
  const bodies = rows.map(({ log, body, day }) => (day === SENTINEL ? body : parts.bodyOf(log, day, body)))
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`begin; select erasures_unchanged(${place.erasuresKnown})`)
    await parts.write(client, place.realm)
    await client.query(
      `insert into span_logs (realm, trace_id, span_id, day, hash, time_ns, position, event_name, received_at,
         redaction_version, body, artifacts)
       select $1, l.trace, l.span, l.day, l.hash, l.time, l.position, l.name, $10, $11, l.body::json, l.artifacts::json
       from unnest($2::bytea[], $3::bytea[], $4::date[], $5::bytea[], $6::bigint[], $7::integer[], $8::text[], $9::text[],
         $12::text[]) l (trace, span, day, hash, time, position, name, body, artifacts)
       order by l.trace, l.span, l.day, l.hash on conflict do nothing`,
      [
        place.realm,
        rows.map(({ log }) => Buffer.from(log.traceId, 'hex')),
        rows.map(({ log }) => Buffer.from(log.spanId, 'hex')),
        rows.map(({ day }) => day),
        hashes,
        rows.map(({ log }) => log.timeNs),
        rows.map(({ position }) => position),
        rows.map(({ log }) => log.name),
        bodies,
        new Date(place.nowMs),
        place.redactionVersion,
        artifacts,
      ],
    )
    await noteLogged(client, place.realm, artifacts)
    await client.query(
      // it stands under no other day than the trace's spans do, and those are known without it
      `insert into dirty_traces (realm, trace_id, execution_ids, days)
       select $1, trace, '{}', '{}' from unnest($2::bytea[]) trace`,
      [place.realm, traces.map((id) => Buffer.from(id, 'hex'))],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = error as Error
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** The day of what no day claims. */
const SENTINEL = '1970-01-01'

const dateOf = (day: number) => new Date(day * MS_PER_DAY).toISOString().slice(0, 10)

/** Body, attributes, severity, dropped attributes. */
export function logBody(log: SpanLog): string {
  const holder = attributesToJson(new Map([['b', log.body]]))
  const attributes = attributesToJson(log.attributes) ?? '{}'
  return `${holder?.slice(0, -1)},"a":${attributes},"s":${log.severity},"d":${log.droppedAttributesCount}}`
}

/** By content; of equal records of one request (a history that says a thing twice) each has its own. */
function hashesOf(rows: readonly { log: SpanLog; body: string }[]): Buffer[] {
  const seen = new Map<string, number>()
  return rows.map(({ log, body }) => {
    const text = hashedText(log, body)
    const before = seen.get(text) ?? 0
    seen.set(text, before + 1)
    return logHash(text, before)
  })
}

/** What the key of a record is made of, beside how many equal ones stood before it in its request. */
export const hashedText = (log: SpanLog, body: string) =>
  `${log.traceId}${log.spanId}${log.timeNs} ${log.name}\n${body}`

export const logHash = (text: string, before: number) =>
  hash('sha256', `${before} ${text}`, 'buffer').subarray(0, 16)

/** A row of `span_logs` with its ids in hex. */
export interface LogRow {
  trace_id: string
  span_id: string
  time_ns: string
  event_name: string
  /** What the record says, or references to it. */
  body: LogBody | { r: unknown }
}

interface LogBody {
  b: unknown
  a: unknown
  s: number
  d: number
}

/** Puts what was stored once in the place of references, in the given rows. */
export function joinLogs(
  db: Kysely<Tables> | Pool | ClientBase,
  realm: number,
  rows: readonly LogRow[],
): Promise<void> {
  const shared = rows.filter(({ body }) => 'r' in body)
  return readContents(
    db,
    realm,
    shared.map(({ trace_id, body }) => ({ trace_id: Buffer.from(trace_id, 'hex'), content: body })),
  )
}

/** Log records by trace and span id (`spanKey`), each list in the order of their times. */
export async function loadSpanLogs(
  db: Kysely<Tables> | Pool | PoolClient,
  realm: number,
  traces: readonly Buffer[],
  spans: readonly Buffer[],
  onlyExceptions = false,
): Promise<Map<string, SpanLog[]>> {
  const found = new Map<string, SpanLog[]>()
  const rows = await load(db, realm, traces, spans, onlyExceptions)
  await joinLogs(db, realm, rows)
  for (const row of rows) {
    const log = logFromRow(row)
    const key = row.trace_id + row.span_id
    const logs = found.get(key)
    if (logs === undefined) found.set(key, [log])
    else logs.push(log)
  }
  return found
}

/** A record out of its row, which `joinLogs` has seen. */
export function logFromRow(row: LogRow): SpanLog {
  const { b, a, s, d } = wholeOf(row.body)
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    timeNs: BigInt(row.time_ns),
    severity: s,
    name: row.event_name,
    body: attributesFromStored({ b }).get('b') ?? null,
    attributes: attributesFromStored(a),
    droppedAttributesCount: d,
  }
}

/** Of a record whose parts are gone nothing is known but that it was. */
function wholeOf(body: LogRow['body']): LogBody {
  if (!('r' in body)) return body
  const { r } = body
  return typeof r === 'object' && r !== null && 'a' in r
    ? (r as LogBody)
    : { b: typeof r === 'string' ? r : null, a: {}, s: 0, d: 0 }
}

const EXCEPTION = `(body -> 'a' -> 'exception.type' is not null or body -> 'a' -> 'exception.message' is not null)`

async function load(
  db: Kysely<Tables> | Pool | PoolClient,
  realm: number,
  traces: readonly Buffer[],
  spans: readonly Buffer[],
  onlyExceptions: boolean,
): Promise<LogRow[]> {
  // span ids as one string of bytes: the planner weighs every element of an array
  const text = `select encode(trace_id, 'hex') as trace_id, encode(span_id, 'hex') as span_id, time_ns, event_name, body
    from span_logs where realm = $1 and trace_id = any($2) ${onlyExceptions ? `and ${EXCEPTION}` : ''}
      and span_id = any(array(select substr($3::bytea, n * 8 + 1, 8) from generate_series(0, $4::int) n))
    order by time_ns, position, hash`
  const values = [realm, traces, Buffer.concat(spans), spans.length - 1]
  if ('selectFrom' in db) return (await db.executeQuery(CompiledQuery.raw(text, values))).rows as LogRow[]
  // by its name, planned once: what a look into every partition takes is the planning
  return (await db.query<LogRow>({ name: `span-logs ${onlyExceptions}`, text, values })).rows
}
