import type { PoolClient } from 'pg'
import { SPAN_KINDS, SPAN_STATUSES } from '../model/span.ts'
import { CopiedRow } from './copied-row.ts'
import { copyOut } from './copy-out.ts'
import type { StoredSlimSpan } from './load-slim.ts'
import { addLoggedArtifacts } from './logged-artifacts.ts'
import { addLoggedErrors } from './logged-errors.ts'

/** The columns of a slim span in the order in which `readSpan` reads them. */
const COLUMNS = `trace_id, span_id, parent_span_id, start_ns, end_ns, reported_duration_ns, flags, kind, status,
  name, title, execution_id, workflow_id, workflow_name, service_name, thread_id, node_id, node_name, node_kind,
  model, provider, response_id, input_tokens, output_tokens, total_tokens, cached_input_tokens,
  cache_write_input_tokens, reasoning_output_tokens, tokens_aggregated, cost::text, cost_estimated,
  error_type, error_message, case when artifacts is null then 0 else json_array_length(artifacts) end,
  notices, received_at, day, rank`

/**
 * Every span of many traces without content, trace by trace: what the roll-up reads. Of a span that is stored under
 * two days, the version with the higher rank. Traces without spans are absent. `days` = those that all of them are
 * stored under; null = every partition is looked into, which costs a third of all that Postgres does for a roll-up.
 */
export async function loadTraces(
  client: PoolClient,
  realm: number,
  traceIds: readonly string[],
  days: readonly string[] | null = null,
): Promise<Map<string, StoredSlimSpan[]>> {
  const traces = new Map<string, Loaded>()
  const row = new CopiedRow()
  let last: Loaded | undefined
  await copyOut(client, statement(realm, traceIds, days), (buffer, at) => {
    row.open(buffer, at)
    const traceId = row.hex()
    if (last?.traceId !== traceId) {
      last = traces.get(traceId)
      if (last === undefined) traces.set(traceId, (last = { traceId, spans: [], days: new Set(), ranks: [] }))
    }
    last.spans.push(readSpan(row, last))
  })
  const best = new Map(Array.from(traces, ([traceId, trace]) => [traceId, bestVersions(trace)]))
  const spans = [...best.values()].flat()
  await addLoggedErrors(client, realm, spans)
  await addLoggedArtifacts(client, realm, spans)
  return best
}

/** A trace as its rows come. */
interface Loaded {
  traceId: string
  spans: StoredSlimSpan[]
  days: Set<string>
  /** Their bytes as characters, in the same order. */
  ranks: string[]
}

/**
 * COPY takes no parameters: a number, and ids in hex. Each trace is looked up by itself, whatever the planner knows
 * of the tables: asked for several at once, it reads the realm's whole index where it thinks it small.
 */
function statement(realm: number, traceIds: readonly string[], days: readonly string[] | null): string {
  if (!traceIds.every((id) => /^[0-9a-f]{32}$/.test(id))) throw new TypeError('not a trace id')
  if (days?.every((day) => /^\d{4}-\d\d-\d\d$/.test(day)) === false) throw new TypeError('not a day')
  const under = days === null ? '' : `and day = any ('{${days.join()}}'::date[])`
  return `copy (select span.* from generate_series(0, ${traceIds.length - 1}) as n
      cross join (select '\\x${traceIds.join('')}'::bytea as ids offset 0) as given cross join lateral (
      select ${COLUMNS} from spans
      where realm = ${Number(realm)} and trace_id = substr(ids, n * 16 + 1, 16) ${under} offset 0) as span)
    to stdout (format binary)`
}

function readSpan(row: CopiedRow, trace: Loaded): StoredSlimSpan {
  const span: StoredSlimSpan = {
    traceId: trace.traceId,
    spanId: row.hex(),
    parentSpanId: row.hex(),
    startNs: row.bigint() ?? 0n,
    endNs: row.bigint(),
    reportedDurationNs: row.bigint(),
    flags: row.count() ?? 0,
    kind: SPAN_KINDS[row.int()] ?? 'internal',
    status: SPAN_STATUSES[row.int()] ?? 'ok',
    name: row.text() ?? '',
    title: row.text(),
    executionId: row.text(),
    workflowId: row.text(),
    workflowName: row.text(),
    serviceName: row.text(),
    threadId: row.text(),
    nodeId: row.text(),
    nodeName: row.text(),
    nodeKind: row.text(),
    model: row.text(),
    provider: row.text(),
    responseId: row.text(),
    tokens: {
      input: row.count(),
      output: row.count(),
      total: row.count(),
      cachedInput: row.count(),
      cacheWriteInput: row.count(),
      reasoningOutput: row.count(),
    },
    tokensAggregated: row.boolean(),
    cost: row.text(),
    costEstimated: row.boolean(),
    errorType: row.text(),
    errorMessage: row.text(),
    artifactCount: row.int(),
    noticeCodes: codesOf(row.text()),
    receivedMs: row.millis(),
    day: dayName(row.days()),
    fingerprint: row.lastEight(),
  }
  trace.days.add(span.day)
  trace.ranks.push(row.latin1())
  return span
}

const NONE: readonly string[] = []

function codesOf(notices: string | null): readonly string[] {
  if (notices === null) return NONE
  return [...new Set((JSON.parse(notices) as { code: string }[]).map(({ code }) => code))]
}

const names = new Map<number, string>()

/** `YYYY-MM-DD` of days since 1970. */
function dayName(days: number): string {
  let name = names.get(days)
  if (name === undefined) {
    if (names.size > 1_000) names.clear()
    names.set(days, (name = new Date(days * 86_400_000).toISOString().slice(0, 10)))
  }
  return name
}

/** A span is stored twice only under two days. */
function bestVersions({ spans, days, ranks }: Loaded): StoredSlimSpan[] {
  if (days.size < 2) return spans
  const best = new Map<string, number>()
  for (const [at, { spanId }] of spans.entries()) {
    const other = best.get(spanId)
    if (other === undefined || (ranks[at] as string) > (ranks[other] as string)) best.set(spanId, at)
  }
  return Array.from(best.values(), (at) => spans[at] as StoredSlimSpan)
}
