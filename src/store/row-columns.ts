import { SPAN_KINDS, SPAN_STATUSES } from '../model/span.ts'
import type { RowSpan } from '../tree/slim-span.ts'
import { ID_BYTES, type Structure } from '../tree/structure.ts'
import { loggedSql } from './logged-artifacts.ts'

/** Values of the spans that have one, by their place: most have none. */
type Sparse<T> = Record<string, T> | null

/** One row for a page: each column is parsed at once, which costs a fraction of as many rows. */
export type RowColumns = [
  places: number[] | null,
  words: number[] | null,
  names: string[] | null,
  starts: Buffer | null,
  ends: Buffer | null,
  flags: number[] | null,
  reported: Sparse<string>,
  titles: Sparse<string>,
  executions: Sparse<string>,
  nodes: Sparse<string>,
  models: Sparse<string>,
  inputs: Sparse<number>,
  outputs: Sparse<number>,
  costs: Sparse<string>,
  artifacts: Sparse<number>,
  notices: Sparse<string[]>,
  events: Sparse<number>,
  /** How many artifacts log records carry beside, by trace and span id in hex. */
  logged: Record<string, number> | null,
]

const sparse = (value: string, of = value) => `json_object_agg(n, ${value}) filter (where ${of} is not null)`

/** `n` = the place of a span. An end of 0 is none: spans that ended at 0 are stored as running. */
export const ROW_COLUMNS = `json_agg(n), json_agg(kind * 16 + status), json_agg(name),
  string_agg(int8send(start_ns), ''), string_agg(int8send(coalesce(end_ns, 0)), ''), json_agg(flags),
  ${sparse('reported_duration_ns::text', 'reported_duration_ns')}, ${sparse('title')}, ${sparse('execution_id')},
  ${sparse('node_id')}, ${sparse('model')}, ${sparse('input_tokens')}, ${sparse('output_tokens')},
  ${sparse('cost::text', 'cost')}, ${sparse('json_array_length(artifacts)', 'artifacts')},
  ${sparse("array(select distinct notice ->> 'code' from json_array_elements(notices) notice)", 'notices')},
  ${sparse('event_count')}`

/** The last of the columns; its parameters are those of `loggedSql`. */
export const loggedColumn = (...of: Parameters<typeof loggedSql>) =>
  `(select json_object_agg(key, cardinality(ids)) from (${loggedSql(...of)}) logged)`

/** The same where no record carries anything. */
export const NONE_LOGGED = 'null::json'

/** What is read of a span for its row. */
export const ROW_FIELDS = `kind, status, name, start_ns, end_ns, flags, reported_duration_ns, title, execution_id, node_id,
  model, input_tokens, output_tokens, cost, artifacts, notices, event_count`

/** Bytes of a time. */
const TIME_BYTES = 8
const NO_PARENT = '0'.repeat(2 * ID_BYTES)

/** The `i`th span of the columns, whose place is `place`, at a position of the structure. */
export function rowSpan(
  columns: RowColumns,
  i: number,
  place: number,
  { traceIds, traces, spanIds, parentIds }: Structure,
  position: number,
): RowSpan {
  const [, words, names, starts, ends, flags, reported, titles, executions, nodes, models, inputs, outputs] =
    columns
  const [costs, artifacts, notices, events, logged] = [
    columns[13],
    columns[14],
    columns[15],
    columns[16],
    columns[17],
  ]
  const word = (words as number[])[i] as number
  const at = position * ID_BYTES
  const parentSpanId = parentIds.toString('hex', at, at + ID_BYTES)
  const endNs = (ends as Buffer).readBigInt64BE(i * TIME_BYTES)
  const took = reported?.[place]
  const traceId = traceIds[traces[position] as number] as string
  const spanId = spanIds.toString('hex', at, at + ID_BYTES)
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === NO_PARENT ? '' : parentSpanId,
    startNs: (starts as Buffer).readBigInt64BE(i * TIME_BYTES),
    endNs: endNs === 0n ? null : endNs,
    reportedDurationNs: took === undefined ? null : BigInt(took),
    flags: (flags as number[])[i] as number,
    kind: SPAN_KINDS[word >> 4] ?? 'internal',
    status: SPAN_STATUSES[word & 15] ?? 'ok',
    name: (names as string[])[i] as string,
    title: titles?.[place] ?? null,
    executionId: executions?.[place] ?? null,
    nodeId: nodes?.[place] ?? null,
    model: models?.[place] ?? null,
    tokens: { input: inputs?.[place] ?? null, output: outputs?.[place] ?? null },
    cost: costs?.[place] ?? null,
    artifactCount: (artifacts?.[place] ?? 0) + (logged?.[traceId + spanId] ?? 0),
    noticeCodes: notices?.[place] ?? NONE,
    eventCount: events?.[place] ?? 0,
  }
}

const NONE: readonly string[] = []
