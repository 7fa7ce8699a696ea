import { type Kysely, sql } from 'kysely'
import type { ExecutionKey } from '../tree/execution-tree.ts'
import { type ExecutionRecord, executionRecord } from './execution-record.ts'
import type { StoredTrace } from './load-structure.ts'
import { mayRead, type Reach } from './reach.ts'
import type { Tables } from './tables.ts'

/** The execution that an id names for a reader, and the others that it might have named. */
export interface FoundExecution {
  execution: ExecutionRecord
  traceIds: string[]
  traces: StoredTrace[]
  /** Executions of the same id in other realms that the reader may see. */
  others: { realm: number; workflowId: string }[]
}

/**
 * Looks an id up among what the reader may see: a fallback execution (the id is its trace), the only execution
 * of the trace with that id, an execution of that name. Of several, the first stored. null = missing, or out of
 * reach: nobody can tell which.
 */
export async function findExecution(
  db: Kysely<Tables>,
  reach: Reach,
  id: string,
  choose: { workflow?: string; realm?: number },
): Promise<FoundExecution | null> {
  if (reach.realms.length === 0 || reach.workflows.length === 0) return null
  const candidates = [...(await byName(db, reach, id)), ...(await byTrace(db, reach, id))]
  const ranked = candidates
    .filter((candidate) => choose.workflow === undefined || candidate.workflowId === choose.workflow)
    .filter((candidate) => choose.realm === undefined || candidate.realm === choose.realm)
    .sort((a, b) => rank(a, id) - rank(b, id) || (a.seq < b.seq ? -1 : 1))
  const [execution] = ranked
  if (execution === undefined) return null
  const traces = await storedTracesOf(db, execution)
  return {
    execution,
    traceIds: traces.map((trace) => trace.traceId),
    traces,
    others: candidates
      .filter((other) => other.seq !== execution.seq)
      .map((other) => ({ realm: other.realm, workflowId: other.workflowId })),
  }
}

/** A trace's own execution is never captured by somebody's execution that is named like a trace. */
function rank(candidate: ExecutionRecord, id: string): number {
  if (candidate.key.fallback) return 0
  return candidate.key.executionId === id ? 2 : 1
}

async function byName(db: Kysely<Tables>, reach: Reach, id: string): Promise<ExecutionRecord[]> {
  const rows = await db
    .selectFrom('executions')
    .selectAll()
    .where('realm', 'in', reach.realms)
    .where('execution_id', '=', id)
    .where((eb) => mayRead(eb.ref('workflow_id'), reach))
    .execute()
  return rows.map(executionRecord)
}

async function byTrace(db: Kysely<Tables>, reach: Reach, id: string): Promise<ExecutionRecord[]> {
  if (!/^[0-9a-f]{32}$/i.test(id)) return []
  const rows = await db
    .selectFrom('execution_traces as t')
    .innerJoin('executions as e', (join) =>
      join
        .onRef('e.realm', '=', 't.realm')
        .onRef('e.execution_id', '=', 't.execution_id')
        .onRef('e.fallback', '=', 't.fallback'),
    )
    .selectAll('e')
    .where('t.realm', 'in', reach.realms)
    .where('t.trace_id', '=', Buffer.from(id, 'hex'))
    .where('e.execution_id', '<>', id)
    .where((eb) => mayRead(eb.ref('e.workflow_id'), reach))
    .execute()
  const perRealm = new Map<number, number>()
  for (const row of rows) perRealm.set(row.realm, (perRealm.get(row.realm) ?? 0) + 1)
  return rows.filter((row) => perRealm.get(row.realm) === 1).map(executionRecord)
}

/** The execution of a key, whoever asks; null = there is none. */
export async function findAgain(
  db: Kysely<Tables>,
  realm: number,
  key: ExecutionKey,
): Promise<FoundExecution | null> {
  const row = await db
    .selectFrom('executions')
    .selectAll()
    .where('realm', '=', realm)
    .where('execution_id', '=', key.executionId)
    .where('fallback', '=', key.fallback)
    .executeTakeFirst()
  if (row === undefined) return null
  const execution = executionRecord(row)
  const traces = await storedTracesOf(db, execution)
  return { execution, traces, traceIds: traces.map((trace) => trace.traceId), others: [] }
}

/** Of these ids of a realm, those the reader may see, with their workflow. */
export async function visibleExecutions(
  db: Kysely<Tables>,
  reach: Reach,
  realm: number,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const records = await visibleRecords(db, reach, realm, ids)
  return new Map(records.map((record) => [record.key.executionId, record.workflowId]))
}

/** The same as whole records. */
export async function visibleRecords(
  db: Kysely<Tables>,
  reach: Reach,
  realm: number,
  ids: readonly string[],
): Promise<ExecutionRecord[]> {
  if (ids.length === 0 || !reach.realms.includes(realm)) return []
  const rows = await db
    .selectFrom('executions')
    .selectAll()
    .where('realm', '=', realm)
    .where('execution_id', 'in', ids)
    .where('fallback', '=', false)
    .where((eb) => mayRead(eb.ref('workflow_id'), reach))
    .execute()
  return rows.map(executionRecord)
}

/** The traces of an execution, sorted, with the days that their spans are stored under. */
export async function storedTracesOf(
  db: Kysely<Tables>,
  execution: { realm: number; key: ExecutionKey },
): Promise<StoredTrace[]> {
  const rows = await db
    .selectFrom('execution_traces')
    .select([sql<string>`encode(trace_id, 'hex')`.as('trace_id'), sql<string[]>`days::text[]`.as('days')])
    .where('realm', '=', execution.realm)
    .where('execution_id', '=', execution.key.executionId)
    .where('fallback', '=', execution.key.fallback)
    .orderBy('trace_id')
    .execute()
  return rows.map((row) => ({ traceId: row.trace_id, days: row.days }))
}
