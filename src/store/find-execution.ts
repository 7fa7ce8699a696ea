import type { Selectable } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import type { Principal } from '../model/principal.ts'
import type { ExecutionKey } from '../tree/execution-tree.ts'
import { type ExecutionRecord, executionRecord } from './execution-record.ts'
import type { StoredTrace } from './load-structure.ts'
import { patternsOf } from './reach.ts'
import { PENDING_OF_EXECUTION, traceOfId } from './settle-for-read.ts'
import type { ExecutionsTable } from './tables.ts'

/** The execution that an id names for a reader, and the others that it might have named. */
export interface FoundExecution {
  execution: ExecutionRecord
  traceIds: string[]
  traces: StoredTrace[]
  /** Bytes of artifacts came for it; whose they are is looked up apart. */
  uploads: boolean
  /** Everything that was committed before this transaction (64 bits) was seen. */
  asOf: bigint
  /** Executions of the same id in other realms that the reader may see. */
  others: { realm: number; workflowId: string }[]
}

/** What a look-up of an id finds. */
export interface Looked {
  /** Marks wait that may change what is found: settle them, and look again. */
  pending: boolean
  found: FoundExecution | null
  /** As in what is found. */
  asOf: bigint
}

interface Candidate extends Selectable<ExecutionsTable> {
  as_of: string
  pending: boolean
  traces: [id: string, days: string[]][] | null
  uploads: boolean
}

/** What is asked of every candidate, so that a look-up is one round trip. */
const LOOKED = `
  left join lateral (
    select json_agg(json_build_array(encode(t.trace_id, 'hex'), t.days) order by t.trace_id) as traces
    from execution_traces t
    where t.realm = e.realm and t.execution_id = e.execution_id and t.fallback = e.fallback
  ) of_execution on true
  left join lateral (
    select exists (select from artifacts a where a.realm = e.realm and a.execution_id = e.execution_id) as uploads
  ) stored on true`

const AS_OF = 'pg_snapshot_xmin(pg_current_snapshot())::text as as_of'
const REALMS = 'any(array(select id from realms where workspace = $1))'
const MAY_READ = `(workflow_id = any($4::text[])
  or exists (select from unnest($5::text[]) as granted (prefix) where starts_with(workflow_id, granted.prefix)))`

const FIND = {
  name: 'find-execution',
  text: `select marks.pending, ${AS_OF}, e.*, traces, uploads
    from (select exists (select from dirty_traces where ${PENDING_OF_EXECUTION(REALMS, '$2', '$3')}) as pending) marks
    left join lateral (
      select * from executions where realm = ${REALMS} and execution_id = $2 and ${MAY_READ}
      union all
      select x.* from execution_traces t
        join executions x on x.realm = t.realm and x.execution_id = t.execution_id and x.fallback = t.fallback
        where t.realm = ${REALMS} and t.trace_id = $3 and x.execution_id <> $2 and ${MAY_READ}
    ) e on true ${LOOKED}`,
}

/**
 * Looks an id up among what the reader may see: a fallback execution (the id is its trace), the only execution
 * of the trace with that id, an execution of that name. Of several, the first stored. null = missing, or out of
 * reach: nobody can tell which. One round trip, with all that a page needs to know beside the spans.
 */
export async function findExecution(
  db: Pool | PoolClient,
  { workspace, workflows }: Principal,
  id: string,
  choose: { workflow?: string; realm?: number },
): Promise<Looked> {
  const { literals, prefixes } = patternsOf(workflows)
  const { rows } = await db.query<Candidate>({
    ...FIND,
    values: [workspace, id, traceOfId(id), literals, prefixes],
  })
  const looked = { pending: rows[0]?.pending === true, asOf: BigInt(rows[0]?.as_of ?? 0) }
  const seen = rows.filter((row) => row.realm !== null)
  const candidates = seen.map((row) => ({ row, record: executionRecord(row) }))
  const only = onlyOfTheirTrace(candidates.map(({ record }) => record).filter((one) => !isNamed(one, id)))
  const possible = candidates.filter(({ record }) => isNamed(record, id) || only.has(record.realm))
  const [first] = possible
    .filter(({ record }) => choose.workflow === undefined || record.workflowId === choose.workflow)
    .filter(({ record }) => choose.realm === undefined || record.realm === choose.realm)
    .sort((a, b) => rank(a.record, id) - rank(b.record, id) || (a.record.seq < b.record.seq ? -1 : 1))
  if (first === undefined) return { ...looked, found: null }
  const others = possible
    .filter((other) => other !== first)
    .map(({ record }) => ({ realm: record.realm, workflowId: record.workflowId }))
  return { ...looked, found: foundOf(first.row, first.record, others) }
}

const isNamed = (record: ExecutionRecord, id: string) => record.key.executionId === id

/** The realms in which a trace has one execution: of several, none is meant by the trace's id. */
function onlyOfTheirTrace(records: readonly ExecutionRecord[]): Set<number> {
  const perRealm = new Map<number, number>()
  for (const { realm } of records) perRealm.set(realm, (perRealm.get(realm) ?? 0) + 1)
  return new Set([...perRealm].filter(([, count]) => count === 1).map(([realm]) => realm))
}

/** A trace's own execution is never captured by somebody's execution that is named like a trace. */
function rank(candidate: ExecutionRecord, id: string): number {
  if (candidate.key.fallback) return 0
  return isNamed(candidate, id) ? 2 : 1
}

function foundOf(
  row: Candidate,
  execution: ExecutionRecord,
  others: FoundExecution['others'],
): FoundExecution {
  const traces = (row.traces ?? []).map(([traceId, days]) => ({ traceId, days }))
  const traceIds = traces.map((trace) => trace.traceId)
  return { execution, traces, traceIds, uploads: row.uploads, asOf: BigInt(row.as_of), others }
}

const AGAIN = {
  name: 'execution-again',
  text: `select marks.pending, ${AS_OF}, e.*, traces, uploads
    from (select exists (select from dirty_traces where ${PENDING_OF_EXECUTION('$1', '$2', '$4')}) as pending) marks
    left join lateral (
      select * from executions where realm = $1 and execution_id = $2 and fallback = $3
    ) e on true ${LOOKED}`,
}

/** The execution of a key, whoever asks. */
export async function findAgain(
  db: Pool | PoolClient,
  realm: number,
  { executionId, fallback }: ExecutionKey,
): Promise<Looked> {
  const { rows } = await db.query<Candidate>({
    ...AGAIN,
    values: [realm, executionId, fallback, traceOfId(executionId)],
  })
  const [row] = rows
  const looked = { pending: row?.pending === true, asOf: BigInt(row?.as_of ?? 0) }
  const known = row !== undefined && row.realm !== null
  return { ...looked, found: known ? foundOf(row, executionRecord(row), []) : null }
}

/** The traces of an execution, sorted, with the days that their spans are stored under. */
export async function storedTracesOf(
  db: Pool | PoolClient,
  { realm, key }: { realm: number; key: ExecutionKey },
): Promise<StoredTrace[]> {
  const { rows } = await db.query<{ traceId: string; days: string[] }>({
    name: 'traces-of-execution',
    text: `select encode(trace_id, 'hex') as "traceId", days::text[] as days from execution_traces
      where realm = $1 and execution_id = $2 and fallback = $3 order by trace_id`,
    values: [realm, key.executionId, key.fallback],
  })
  return rows
}
