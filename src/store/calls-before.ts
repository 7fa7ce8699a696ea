import type { Pool } from 'pg'
import { SPAN_KINDS } from '../model/span.ts'
import type { SpanId } from './load-spans.ts'
import { daysOf, type StoredTrace } from './load-structure.ts'

/** Calls that are compared with: agents that take turns are found, and a read stays cheap. */
export const MOST_CALLS = 4
/** Calls that are looked at: those of other executions of a shared trace are left out. */
const MOST_LOOKED_AT = 32

/** The ids of the model calls that began last before a span, in some traces, whatever their execution. */
export async function callsBefore(
  db: Pool,
  realm: number,
  traces: readonly StoredTrace[],
  span: SpanId & { startNs: bigint },
): Promise<SpanId[]> {
  const { rows } = await db.query<SpanId>(
    `select encode(trace_id, 'hex') as "traceId", encode(span_id, 'hex') as "spanId" from spans
     where realm = $1 and trace_id = any($2) and day = any($3::date[]) and kind = $4 and start_ns < $5
     order by start_ns desc, trace_id, span_id limit ${MOST_LOOKED_AT}`,
    [
      realm,
      traces.map((trace) => Buffer.from(trace.traceId, 'hex')),
      daysOf(traces),
      SPAN_KINDS.indexOf('llm'),
      span.startNs,
    ],
  )
  return rows
}
