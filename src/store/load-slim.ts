import type { Pool, PoolClient } from 'pg'
import { SPAN_KINDS, SPAN_STATUSES } from '../model/span.ts'
import type { SlimSpan } from '../tree/slim-span.ts'
import { addLoggedArtifacts } from './logged-artifacts.ts'
import { addLoggedErrors } from './logged-errors.ts'

const COLUMNS = `
  encode(trace_id, 'hex'), encode(span_id, 'hex'), coalesce(encode(parent_span_id, 'hex'), ''),
  start_ns, end_ns, reported_duration_ns, flags, kind, status, name,
  execution_id, workflow_id, workflow_name, service_name, thread_id, node_id, node_name, node_kind,
  model, provider, response_id,
  input_tokens, output_tokens, total_tokens, cached_input_tokens, cache_write_input_tokens, reasoning_output_tokens,
  tokens_aggregated, cost, cost_estimated, error_type, error_message,
  case when artifacts is null then 0 else json_array_length(artifacts) end,
  case when notices is null then null else array(select distinct n ->> 'code' from json_array_elements(notices) n) end,
  rank, title, day::text, received_at`

/** A span with where it is stored. */
export interface StoredSlimSpan extends SlimSpan {
  /** `YYYY-MM-DD`, or the sentinel 1970-01-01. */
  day: string
}

/**
 * Every span of the traces, without content. A span that was stored under two days (its start changed) is
 * given once, in its higher-ranking version. `days` = those that the traces are stored under; without them every
 * partition is looked into.
 */
export async function loadSlimSpans(
  db: Pool | PoolClient,
  realm: number,
  traceIds: readonly string[],
  days?: readonly string[],
): Promise<StoredSlimSpan[]> {
  const { rows } = await db.query<unknown[]>({
    name: days === undefined ? 'slim-spans' : 'slim-spans of days',
    text: `select ${COLUMNS} from spans where realm = $1 and trace_id = any($2)
      ${days === undefined ? '' : 'and day = any($3::date[])'}`,
    values: [realm, traceIds.map((id) => Buffer.from(id, 'hex')), ...(days === undefined ? [] : [days])],
    rowMode: 'array',
  })
  return withLogs(db, realm, bestVersions(rows))
}

/**
 * Keys as rows, from two strings of bytes: an array of a thousand ids takes the planner longer than the look-up
 * takes the server. Each key is looked up by itself, whatever the planner knows of the tables.
 */
export const KEYS = `(select substr($2::bytea, n * 16 + 1, 16) trace, substr($3::bytea, n * 8 + 1, 8) span
  from generate_series(0, length($3::bytea) / 8 - 1) n) key`

/** The parameters of `KEYS`. */
export const keyBytes = (keys: readonly { traceId: string; spanId: string }[]): [Buffer, Buffer] => [
  Buffer.from(keys.map((key) => key.traceId).join(''), 'hex'),
  Buffer.from(keys.map((key) => key.spanId).join(''), 'hex'),
]

/** The same for some spans of one or several traces, by their keys. Missing ones are left out. */
export async function loadSlimByKey(
  db: Pool | PoolClient,
  realm: number,
  keys: readonly { traceId: string; spanId: string }[],
  days: readonly string[],
): Promise<StoredSlimSpan[]> {
  if (keys.length === 0) return []
  const { rows } = await db.query<unknown[]>({
    name: 'slim-by-key',
    text: `select span.* from ${KEYS} cross join lateral (
      select ${COLUMNS} from spans where realm = $1 and trace_id = key.trace and span_id = key.span
        and day = any($4::date[]) offset 0) span`,
    values: [realm, ...keyBytes(keys), days],
    rowMode: 'array',
  })
  return withLogs(db, realm, bestVersions(rows))
}

async function withLogs(
  db: Pool | PoolClient,
  realm: number,
  spans: StoredSlimSpan[],
): Promise<StoredSlimSpan[]> {
  await addLoggedErrors(db, realm, spans)
  await addLoggedArtifacts(db, realm, spans)
  return spans
}

function bestVersions(rows: unknown[][]): StoredSlimSpan[] {
  const spans = new Map<string, unknown[]>()
  for (const row of rows) {
    const id = `${row[0]}${row[1]}`
    const other = spans.get(id)
    if (other === undefined || Buffer.compare(row[34] as Buffer, other[34] as Buffer) > 0) spans.set(id, row)
  }
  return Array.from(spans.values(), slimSpan)
}

function slimSpan(row: unknown[]): StoredSlimSpan {
  return {
    traceId: row[0] as string,
    spanId: row[1] as string,
    parentSpanId: row[2] as string,
    startNs: BigInt(row[3] as string),
    endNs: bigintOrNull(row[4]),
    reportedDurationNs: bigintOrNull(row[5]),
    flags: Number(row[6]),
    kind: SPAN_KINDS[row[7] as number] ?? 'internal',
    status: SPAN_STATUSES[row[8] as number] ?? 'ok',
    name: row[9] as string,
    executionId: row[10] as string | null,
    workflowId: row[11] as string | null,
    workflowName: row[12] as string | null,
    serviceName: row[13] as string | null,
    threadId: row[14] as string | null,
    nodeId: row[15] as string | null,
    nodeName: row[16] as string | null,
    nodeKind: row[17] as string | null,
    model: row[18] as string | null,
    provider: row[19] as string | null,
    responseId: row[20] as string | null,
    tokens: {
      input: numberOrNull(row[21]),
      output: numberOrNull(row[22]),
      total: numberOrNull(row[23]),
      cachedInput: numberOrNull(row[24]),
      cacheWriteInput: numberOrNull(row[25]),
      reasoningOutput: numberOrNull(row[26]),
    },
    tokensAggregated: row[27] as boolean,
    cost: row[28] as string | null,
    costEstimated: row[29] === true,
    errorType: row[30] as string | null,
    errorMessage: row[31] as string | null,
    artifactCount: row[32] as number,
    noticeCodes: (row[33] as string[] | null) ?? [],
    title: row[35] as string | null,
    day: row[36] as string,
    receivedMs: (row[37] as Date).getTime(),
    fingerprint: (row[34] as Buffer).readBigInt64BE((row[34] as Buffer).length - 8),
  }
}

const bigintOrNull = (value: unknown) => (value === null ? null : BigInt(value as string))
const numberOrNull = (value: unknown) => (value === null ? null : Number(value))
