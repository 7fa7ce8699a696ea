import type { Pool, PoolClient } from 'pg'
import type { ExecutionKey } from '../tree/execution-tree.ts'
import { ID_BYTES, indexStructure, positionAt, type SpanIndex, type Structure } from '../tree/structure.ts'

/** Traces of an execution, with the days that their spans are stored under. */
export interface StoredTrace {
  traceId: string
  days: readonly string[]
}

/** The day that pages of keys must look under: every day of every trace. */
export const daysOf = (traces: readonly StoredTrace[]) => [...new Set(traces.flatMap((trace) => trace.days))]

/**
 * The structure of every span of the traces, as bytes: one row a trace comes back, from the index alone once the
 * visibility map covers it. Of a span that is stored under two days, the version with the higher rank.
 */
export async function loadStructure(
  db: Pool | PoolClient,
  realm: number,
  key: ExecutionKey,
  traces: readonly StoredTrace[],
  fingerprints = false,
): Promise<Structure> {
  const ids = traces.map((trace) => Buffer.from(trace.traceId, 'hex'))
  const days = daysOf(traces)
  // nobody names a fallback execution: what matters is whether the others are one or several
  const name = key.fallback ? await anyName(db, realm, ids, days) : key.executionId
  const load = async (oncePerSpan: boolean) => {
    const { rows } = await db.query<(Buffer | string | null)[]>({
      name: `structure ${fingerprints} ${oncePerSpan}`,
      text: structureSql(fingerprints, oncePerSpan),
      values: [realm, ids, days, name],
      rowMode: 'array',
    })
    return joined(rows, fingerprints)
  }
  const { structure, named } = await load(false)
  const index = indexStructure(structure)
  if (!index.repeated) return marked(structure, index, named)
  const once = await load(true)
  return marked(once.structure, indexStructure(once.structure), once.named)
}

/**
 * Trace by trace: asked for several at once, the planner reads the realm's whole index in order. Few spans name an
 * execution, so those are told by their ids rather than a mark for each span.
 */
function structureSql(fingerprints: boolean, oncePerSpan: boolean): string {
  const from = 'spans where realm = $1 and trace_id = trace.id and day = any($3::date[])'
  return `select encode(trace.id, 'hex'), structure.* from unnest($2::bytea[]) trace (id) cross join lateral (
    select string_agg(span_id, '') ids, string_agg(coalesce(parent_span_id, '\\x0000000000000000'), ''),
      string_agg(int8send(start_ns), ''),
      string_agg(span_id, '') filter (where execution_id = $4),
      string_agg(span_id, '') filter (where execution_id <> $4)
      ${fingerprints ? ", string_agg(substr(rank, length(rank) - 7), '')" : ''}
    from ${oncePerSpan ? `(select distinct on (span_id) * from ${from} order by span_id, rank desc) span` : from}) structure
    where ids is not null order by trace.id`
}

/** Per trace, the ids of the spans that name the execution, and of those that name another one. */
type Named = [own: Buffer | null, others: Buffer | null][]

function joined(rows: (Buffer | string | null)[][], fingerprints: boolean) {
  const column = (at: number) => Buffer.concat(rows.map((row) => row[at] as Buffer))
  const counts = rows.map((row) => (row[1] as Buffer).length / ID_BYTES)
  const count = counts.reduce((sum, n) => sum + n, 0)
  const traces = new Int32Array(count)
  let at = 0
  for (const [trace, n] of counts.entries()) traces.fill(trace, at, (at += n))
  const structure: Structure = {
    count,
    traceIds: rows.map((row) => row[0] as string),
    traces,
    spanIds: column(1),
    parentIds: column(2),
    starts: column(3),
    marks: new Uint8Array(count),
    fingerprints: fingerprints ? column(6) : null,
  }
  return { structure, named: rows.map((row) => [row[4], row[5]]) as Named }
}

function marked(structure: Structure, index: SpanIndex, named: Named): Structure {
  for (const [trace, lists] of named.entries()) {
    for (const [list, ids] of lists.entries()) {
      for (let at = 0; at < (ids?.length ?? 0); at += ID_BYTES) {
        structure.marks[positionAt(structure, index, trace, ids as Buffer, at)] = list + 1
      }
    }
  }
  return structure
}

async function anyName(
  db: Pool | PoolClient,
  realm: number,
  ids: Buffer[],
  days: string[],
): Promise<string | null> {
  const { rows } = await db.query<{ name: string }>({
    name: 'structure-name',
    text: `select execution_id as name from spans
      where realm = $1 and trace_id = any($2) and day = any($3::date[]) and execution_id is not null limit 1`,
    values: [realm, ids, days],
  })
  return rows[0]?.name ?? null
}

/** The spans of the traces that transactions from `since` on stored; null = more than `most`. */
export async function loadStoredSince(
  db: Pool | PoolClient,
  realm: number,
  traces: readonly StoredTrace[],
  since: bigint,
  most: number,
): Promise<{ traceId: string; spanId: string }[] | null> {
  const { rows } = await db.query<{ traceId: string; spanId: string }>({
    name: 'stored-since',
    // a row says which transaction made it, in 32 bits that go round: ages can be compared
    text: `select distinct encode(trace_id, 'hex') as "traceId", encode(span_id, 'hex') as "spanId" from spans
      where realm = $1 and trace_id = any($2) and day = any($3::date[]) and age(xmin) <= age($4::text::xid8::xid)
      limit $5::int`,
    values: [
      realm,
      traces.map((trace) => Buffer.from(trace.traceId, 'hex')),
      daysOf(traces),
      String(since),
      most + 1,
    ],
  })
  return rows.length > most ? null : rows
}
