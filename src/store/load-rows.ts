import type { Pool, PoolClient } from 'pg'
import { buildOrder, type ExecutionOrder } from '../tree/execution-order.ts'
import type { ExecutionKey } from '../tree/execution-tree.ts'
import type { RowSpan } from '../tree/slim-span.ts'
import { ID_BYTES, type Structure } from '../tree/structure.ts'
import { daysOf, type StoredTrace } from './load-structure.ts'
import {
  loggedColumn,
  NONE_LOGGED,
  ROW_COLUMNS,
  ROW_FIELDS,
  type RowColumns,
  rowSpan,
} from './row-columns.ts'

/**
 * What rows of a tree show of their spans, in the order of `rows`; null = the span is gone meanwhile. Each is looked up
 * by its key, so that the size of the table does not matter. `logged`: count what log records carry, too.
 */
export async function loadRows(
  db: Pool | PoolClient,
  realm: number,
  order: ExecutionOrder,
  rows: ArrayLike<number>,
  days: readonly string[],
  logged: boolean,
): Promise<(RowSpan | null)[]> {
  if (rows.length === 0) return []
  const load = async (oncePerSpan: boolean) => {
    const answer = await db.query<RowColumns>({
      name: `rows ${oncePerSpan} ${logged}`,
      text: rowsSql(oncePerSpan, logged),
      values: [realm, ...keysOf(order, rows), days],
      rowMode: 'array',
    })
    return answer.rows[0] as RowColumns
  }
  let columns = await load(false)
  // stored under two days, because its start changed
  if (new Set(columns[0]).size < (columns[0]?.length ?? 0)) columns = await load(true)
  return rowSpans(columns, order, rows)
}

/** As rows, from two strings of bytes: an array of a thousand ids takes the planner longer than the look-up. */
const KEYS = `(select n, substr($2::bytea, n * 16 + 1, 16) trace, substr($3::bytea, n * 8 + 1, 8) span
  from generate_series(0, length($3::bytea) / 8 - 1) n) key`

const LOGGED = loggedColumn(
  `array(select distinct key.trace from ${KEYS})`,
  `(l.trace_id, l.span_id) in (select key.trace, key.span from ${KEYS})`,
  's.day = any($4::date[])',
)

function rowsSql(oncePerSpan: boolean, logged: boolean): string {
  const best = oncePerSpan ? 'order by rank desc limit 1' : 'offset 0'
  return `select ${ROW_COLUMNS}, ${logged ? LOGGED : NONE_LOGGED} from ${KEYS} cross join lateral (
    select ${ROW_FIELDS} from spans where realm = $1 and trace_id = key.trace and span_id = key.span
      and day = any($4::date[]) ${best}) span`
}

function keysOf({ structure, positions }: ExecutionOrder, rows: ArrayLike<number>): [Buffer, Buffer] {
  const ids = structure.traceIds.map((id) => Buffer.from(id, 'hex'))
  const traces = Buffer.allocUnsafe(rows.length * 2 * ID_BYTES)
  const spans = Buffer.allocUnsafe(rows.length * ID_BYTES)
  for (let place = 0; place < rows.length; place++) {
    const position = positions[rows[place] as number] as number
    traces.set(ids[structure.traces[position] as number] as Buffer, place * 2 * ID_BYTES)
    structure.spanIds.copy(spans, place * ID_BYTES, position * ID_BYTES, (position + 1) * ID_BYTES)
  }
  return [traces, spans]
}

/** `rows` says which row is at which place. */
function rowSpans(
  columns: RowColumns,
  { structure, positions }: ExecutionOrder,
  rows: ArrayLike<number>,
): (RowSpan | null)[] {
  const spans = new Array<RowSpan | null>(rows.length).fill(null)
  for (const [i, place] of (columns[0] ?? []).entries()) {
    const position = positions[rows[place] as number] as number
    spans[place] = rowSpan(columns, i, place, structure, position)
  }
  return spans
}

/** An execution in tree order; with what every row shows, by position, where that came with it. */
export interface ExecutionShape {
  order: ExecutionOrder
  spans: readonly RowSpan[] | null
}

/** Spans of a trace up to which its order and its rows are read together: one page shows all of them. */
export const WHOLE_SPANS = 1_000

const wholeSql = (logged: string) => `select ${ROW_COLUMNS}, ${logged},
      string_agg(span_id, ''), string_agg(coalesce(parent_span_id, '\\x0000000000000000'), '')
    from (select row_number() over () - 1 n, span_id, parent_span_id, ${ROW_FIELDS} from spans
      where realm = $1 and trace_id = $2 and day = any($3::date[]) limit ${WHOLE_SPANS + 1}) span`

const WHOLE = { name: 'whole trace', text: wholeSql(NONE_LOGGED) }
const WHOLE_LOGGED = {
  name: 'whole trace logged',
  text: wholeSql(loggedColumn('array[$2::bytea]', 'true', 's.day = any($3::date[])')),
}

/**
 * Order and rows of an execution of one small trace, in one round trip. null = the trace has more spans, or one of
 * them under two days: then order and rows are read apart.
 */
export async function loadWhole(
  db: Pool | PoolClient,
  realm: number,
  key: ExecutionKey,
  trace: StoredTrace,
  logged: boolean,
): Promise<ExecutionShape | null> {
  const { rows } = await db.query<[...RowColumns, ids: Buffer | null, parents: Buffer | null]>({
    ...(logged ? WHOLE_LOGGED : WHOLE),
    values: [realm, Buffer.from(trace.traceId, 'hex'), daysOf([trace])],
    rowMode: 'array',
  })
  const [columns] = rows
  const [places, , , starts] = columns ?? []
  const [ids = null, parents = null] = (columns?.slice(-2) ?? []) as (Buffer | null)[]
  if (!columns || !places || !starts || !ids || !parents || places.length > WHOLE_SPANS) return null
  const structure: Structure = {
    count: places.length,
    traceIds: [trace.traceId],
    traces: new Int32Array(places.length),
    spanIds: ids,
    parentIds: parents,
    starts,
    marks: marksOf(key, places, columns[8]),
    fingerprints: null,
  }
  const order = buildOrder(key, structure)
  if (order.index.repeated) return null
  const spans = places.map((place, i) => rowSpan(columns as unknown as RowColumns, i, place, structure, i))
  return { order, spans }
}

/** Of a fallback execution, what matters is whether the names of others are one or several. */
function marksOf(key: ExecutionKey, places: readonly number[], names: RowColumns[8]): Uint8Array {
  const marks = new Uint8Array(places.length)
  if (names === null) return marks
  const own = key.fallback ? Object.values(names)[0] : key.executionId
  for (const [i, place] of places.entries()) {
    const name = names[place]
    if (name !== undefined) marks[i] = name === own ? 1 : 2
  }
  return marks
}
