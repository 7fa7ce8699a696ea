import { type Kysely, type SqlBool, sql } from 'kysely'
import { type ExecutionRecord, executionRecord } from './execution-record.ts'
import { mayRead, type Reach } from './reach.ts'
import type { Tables } from './tables.ts'

export interface WorkflowRow {
  workflowId: string
  executionCount: number
  lastStartedNs: bigint | null
}

/** Which executions of a workflow, the newest first. */
export interface ExecutionFilter {
  workflowId: string
  status?: string
  threadId?: string
  /** Unix nanoseconds, inclusive. */
  fromNs?: bigint
  toNs?: bigint
  minDurationNs?: bigint
  /** Part of the execution's id or name, and of its error where `inErrors` says that the reader may see it. */
  text?: string
  inErrors?: boolean
  limit: number
  /** The last row of the page before. */
  after?: { startedNs: bigint; executionId: string }
}

/** The workflows that the reader may see and that have listed executions, the most recent first. */
export async function listWorkflows(db: Kysely<Tables>, reach: Reach): Promise<WorkflowRow[]> {
  if (reach.realms.length === 0) return []
  const rows = await db
    .selectFrom('executions')
    .select((eb) => [
      'workflow_id',
      eb.fn.countAll<string>().as('executions'),
      eb.fn.max('started_ns').as('last_started_ns'),
    ])
    .where('realm', 'in', reach.realms)
    .where((eb) => mayRead(eb.ref('workflow_id'), reach))
    .where(isListed)
    .groupBy('workflow_id')
    .orderBy(sql`max(started_ns) desc nulls last`)
    .orderBy('workflow_id')
    .limit(1_000)
    .execute()
  return rows.map((row) => ({
    workflowId: row.workflow_id,
    executionCount: Number(row.executions),
    lastStartedNs: row.last_started_ns === null ? null : BigInt(row.last_started_ns),
  }))
}

export async function listExecutions(
  db: Kysely<Tables>,
  reach: Reach,
  filter: ExecutionFilter,
): Promise<ExecutionRecord[]> {
  if (reach.realms.length === 0) return []
  let query = db
    .selectFrom('executions')
    .selectAll()
    .where('realm', 'in', reach.realms)
    .where('workflow_id', '=', filter.workflowId)
    .where((eb) => mayRead(eb.ref('workflow_id'), reach))
    .where(isListed)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.threadId !== undefined) query = query.where('thread_id', '=', filter.threadId)
  if (filter.fromNs !== undefined) query = query.where('started_ns', '>=', String(filter.fromNs))
  if (filter.toNs !== undefined) query = query.where('started_ns', '<=', String(filter.toNs))
  if (filter.minDurationNs !== undefined) {
    query = query.where(sql<SqlBool>`ended_ns - started_ns >= ${String(filter.minDurationNs)}::bigint`)
  }
  if (filter.text !== undefined) {
    const pattern = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
    query = query.where((eb) =>
      eb.or([
        eb('execution_id', 'ilike', pattern),
        eb('name', 'ilike', pattern),
        ...(filter.inErrors === true ? [eb('error_message', 'ilike', pattern)] : []),
      ]),
    )
  }
  if (filter.after !== undefined) {
    const { startedNs, executionId } = filter.after
    query = query.where(
      sql<SqlBool>`(coalesce(started_ns, 0) < ${String(startedNs)}::bigint
        or (coalesce(started_ns, 0) = ${String(startedNs)}::bigint and execution_id > ${executionId}))`,
    )
  }
  const rows = await query
    .orderBy(sql`coalesce(started_ns, 0) desc`)
    .orderBy('execution_id')
    .limit(filter.limit)
    .execute()
  return rows.map(executionRecord)
}

/** A fallback execution is listed when its trace has a root, or after a minute without new spans. */
const isListed = () => sql<SqlBool>`(not fallback or has_root or last_span_at < now() - interval '60 s')`
