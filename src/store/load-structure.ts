import type { Pool, PoolClient } from 'pg'
import type { ExecutionKey } from '../tree/execution-tree.ts'
import { ID_BYTES, indexStructure, type Structure, without } from '../tree/structure.ts'

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
  const { rows } = await db.query<(Buffer | string)[]>({
    name: fingerprints ? 'structure-versions' : 'structure',
    text: `select encode(trace_id, 'hex'), string_agg(span_id, ''),
        string_agg(coalesce(parent_span_id, '\\x0000000000000000'), ''), string_agg(int8send(start_ns), ''),
        string_agg(date_send(day), ''),
        string_agg(case when execution_id is null then '\\x00'::bytea when execution_id = $4 then '\\x01' else '\\x02' end, '')
        ${fingerprints ? ", string_agg(substr(rank, length(rank) - 7), '')" : ''}
      from spans where realm = $1 and trace_id = any($2) and day = any($3::date[]) group by trace_id order by trace_id`,
    values: [realm, ids, days, name],
    rowMode: 'array',
  })
  const structure = joined(rows, fingerprints)
  const { repeated } = indexStructure(structure)
  return repeated.length === 0 ? structure : without(structure, await lesser(db, realm, structure, repeated))
}

function joined(rows: (Buffer | string)[][], fingerprints: boolean): Structure {
  const column = (at: number) => Buffer.concat(rows.map((row) => row[at] as Buffer))
  const counts = rows.map((row) => (row[1] as Buffer).length / ID_BYTES)
  const count = counts.reduce((sum, n) => sum + n, 0)
  const traces = new Int32Array(count)
  let at = 0
  for (const [trace, n] of counts.entries()) traces.fill(trace, at, (at += n))
  return {
    count,
    traceIds: rows.map((row) => row[0] as string),
    traces,
    spanIds: column(1),
    parentIds: column(2),
    starts: column(3),
    days: column(4),
    marks: column(5),
    fingerprints: fingerprints ? column(6) : null,
  }
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

/** Of each pair, the position of the version that does not count. A third version of a span loses twice. */
async function lesser(
  db: Pool | PoolClient,
  realm: number,
  structure: Structure,
  repeated: readonly [number, number][],
): Promise<Set<number>> {
  const positions = [...new Set(repeated.flat())]
  const spanId = (position: number) =>
    structure.spanIds.subarray(position * ID_BYTES, (position + 1) * ID_BYTES)
  const day = (position: number) => structure.days.readInt32BE(position * 4)
  const { rows } = await db.query<{ position: number; rank: Buffer }>(
    `select key.position, rank from unnest($2::bytea[], $3::bytea[], $4::int[], $5::int[]) key (trace, span, day, position)
     join spans on realm = $1 and trace_id = key.trace and span_id = key.span and spans.day = date '2000-01-01' + key.day`,
    [
      realm,
      positions.map((position) =>
        Buffer.from(structure.traceIds[structure.traces[position] as number] as string, 'hex'),
      ),
      positions.map(spanId),
      positions.map(day),
      positions,
    ],
  )
  const ranks = new Map(rows.map((row) => [row.position, row.rank]))
  const best = new Map<number, number>()
  for (const [first, second] of repeated) {
    const kept = best.get(first) ?? first
    const better =
      Buffer.compare(ranks.get(second) ?? Buffer.alloc(0), ranks.get(kept) ?? Buffer.alloc(0)) > 0
    best.set(first, better ? second : kept)
  }
  const kept = new Set(best.values())
  return new Set(positions.filter((position) => !kept.has(position)))
}
