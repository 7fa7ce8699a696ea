import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { allowsWorkflow } from '../access/policy.ts'
import { StoreUnavailable } from '../errors.ts'
import {
  buildExecutionTree,
  type ExecutionKey,
  type ExecutionTree,
  missingParent,
} from '../tree/execution-tree.ts'
import { deleteArtifactsOf } from './artifacts-delete.ts'
import type { Database } from './database.ts'
import { deleteUnreferenced } from './delete-messages.ts'
import { holdWriters, noteErased } from './erasures.ts'
import { loadSlimSpans } from './load-slim.ts'
import { settle } from './settle.ts'
import { settleExecution } from './settle-for-read.ts'
import { classify } from './sqlstate.ts'

/** Who erases, for the audit log, and what they may erase. */
export interface Eraser {
  workspace: string
  subject: string
  /** Workflow patterns. */
  workflows: readonly string[]
}

/** An execution that is to go. */
interface Doomed {
  realm: number
  key: ExecutionKey
  workflowId: string
}

/** What an erasure did. */
export interface EraseReceipt {
  receiptId: string
  executionId: string
  erasedAt: Date
  executions: number
  spans: number
  artifacts: number
  traces: number
}

/** Times that a step is tried when another transaction is in its way. */
const TRIES = 4
/** Milliseconds that a step waits for a lock. */
const LOCK_TIMEOUT_MS = 2_000
/** Marks settled in one transaction. */
const MARKS_AT_ONCE = 1_000

/** Looks for pending roll-ups before an erasure: each takes at most 250 ms. */
const SETTLE_ROUNDS = 12

/**
 * Erases for good every execution of an id in these realms that the eraser may touch; `workflow` narrows. First what
 * refuses late spans is committed (with the audit log and the removal of artifacts), then spans, logs and roll-ups
 * go; if the process ends in between, the roll-up worker finishes. Resolves with null when there is nothing of that
 * id, or nothing within reach. Rejects with the driver's error, or StoreUnavailable: then it may be asked again.
 */
export async function eraseExecution(
  database: Database,
  realms: readonly number[],
  eraser: Eraser,
  id: string,
  workflow: string | null,
): Promise<EraseReceipt | null> {
  for (let round = 1; await settleExecution(database, realms, id); round++) {
    if (round === SETTLE_ROUNDS) throw new StoreUnavailable()
  }
  const doomed = (await executionsOfId(database.work, realms, id)).filter(
    ({ workflowId }) =>
      allowsWorkflow(eraser.workflows, workflowId) && (workflow === null || workflowId === workflow),
  )
  if (doomed.length === 0) return null
  const receipt: EraseReceipt = {
    receiptId: randomUUID(),
    executionId: id,
    erasedAt: new Date(),
    executions: 0,
    spans: 0,
    artifacts: 0,
    traces: 0,
  }
  for (const execution of doomed) {
    const done = await again(() =>
      inTransaction(database, (client) => forbid(client, execution, eraser, receipt.receiptId)),
    )
    await remove(database, execution.realm, done.traceIds)
    receipt.executions += 1
    receipt.spans += done.spans
    receipt.artifacts += done.artifacts
    receipt.traces += done.traceIds.length
  }
  return receipt
}

/** The executions of that name, else the only one of the trace of that id. */
async function executionsOfId(db: Pool, realms: readonly number[], id: string): Promise<Doomed[]> {
  const columns = 'e.realm, e.execution_id, e.fallback, e.workflow_id'
  type Row = { realm: number; execution_id: string; fallback: boolean; workflow_id: string }
  const named = await db.query<Row>(
    `select ${columns} from executions e where realm = any($1) and execution_id = $2 order by seq`,
    [realms, id],
  )
  let { rows } = named
  if (rows.length === 0 && /^[0-9a-f]{32}$/i.test(id)) {
    const traced = await db.query<Row>(
      `select ${columns} from execution_traces t
       join executions e using (realm, execution_id, fallback) where realm = any($1) and trace_id = $2 order by seq`,
      [realms, Buffer.from(id, 'hex')],
    )
    rows = traced.rows.filter((row) => traced.rows.filter((other) => other.realm === row.realm).length === 1)
  }
  return rows.map((row) => ({
    realm: row.realm,
    key: { executionId: row.execution_id, fallback: row.fallback },
    workflowId: row.workflow_id,
  }))
}

/** What is stored of erased executions in these traces goes, and who shared a trace with them is rolled up anew. */
async function remove(database: Database, realm: number, traceIds: readonly string[]): Promise<void> {
  const traces = traceIds.map((id) => Buffer.from(id, 'hex'))
  const marks = {
    where: 'realm = $1 and trace_id = any($2)',
    values: [realm, traces],
    wait: true,
    limit: MARKS_AT_ONCE,
  }
  while ((await again(() => settle(database.work, marks, LOCK_TIMEOUT_MS))) > 0);
  await again(() => inTransaction(database, (client) => deleteUnreferenced(client, realm, traces)))
}

interface Forbidden {
  traceIds: string[]
  spans: number
  artifacts: number
}

/** From its COMMIT on no span of the execution gets in; what is in is marked for removal. */
async function forbid(
  client: PoolClient,
  { realm, key, workflowId }: Doomed,
  eraser: Eraser,
  receiptId: string,
): Promise<Forbidden> {
  const identity = [realm, key.executionId, key.fallback]
  const { rows } = await client.query<{ trace: string }>(
    `select encode(trace_id, 'hex') as trace from execution_traces
     where realm = $1 and execution_id = $2 and fallback = $3`,
    identity,
  )
  const traceIds = rows.map((row) => row.trace)
  const tree = buildExecutionTree(await loadSlimSpans(client, realm, traceIds), key)
  const erased = new Map<string, typeof key>()
  for (const id of idsOf(tree)) erased.set(id, key)
  const { artifacts } = await deleteArtifactsOf(client, realm, [key.executionId])

  // now, and not before: what takes long is done, and nobody can write until COMMIT
  await client.query(holdWriters)
  await client.query(
    `insert into erasures (realm, execution_id, fallback, trace_id)
     select $1, $2, $3, trace from unnest($4::bytea[]) as trace on conflict do nothing`,
    [...identity, [...(key.fallback ? [] : ['']), ...traceIds].map((id) => Buffer.from(id, 'hex'))],
  )
  for (const { traceId, spanId } of rootsOf(tree)) {
    await client.query(
      `update erasures set root_span_id = $5
       where realm = $1 and execution_id = $2 and fallback = $3 and trace_id = $4`,
      [...identity, Buffer.from(traceId, 'hex'), Buffer.from(spanId, 'hex')],
    )
  }
  await noteErased(client, realm, erased)
  const spans = ownRows(tree).length
  const details = { receipt_id: receiptId, spans, artifacts, traces: traceIds.length, fallback: key.fallback }
  await client.query(
    `insert into audit_log (workspace, subject, action, workflow_id, execution_id, details)
     values ($1, $2, 'erase', $3, $4, $5)`,
    [eraser.workspace, eraser.subject, workflowId, key.executionId, JSON.stringify(details)],
  )
  return { traceIds, spans, artifacts }
}

const ownRows = (tree: ExecutionTree) =>
  Array.from(tree.order.positions.keys()).filter((row) => tree.subExecutions[row] === null)

const spanAt = (tree: ExecutionTree, row: number) =>
  tree.spans[tree.order.positions[row] as number] as ExecutionTree['spans'][number]

/** Trace and span id of every span of the execution, and of the parents that its unnamed ones wait for. */
function idsOf(tree: ExecutionTree): string[] {
  return ownRows(tree).flatMap((row) => {
    const { traceId, spanId, executionId } = spanAt(tree, row)
    const waitsFor = executionId === null ? missingParent(tree, row) : null
    return waitsFor === null ? [traceId + spanId] : [traceId + spanId, traceId + waitsFor]
  })
}

/** The first span of each trace that has no parent in the execution. */
function rootsOf(tree: ExecutionTree): { traceId: string; spanId: string }[] {
  const roots = new Map<string, { traceId: string; spanId: string }>()
  for (const row of ownRows(tree)) {
    const span = spanAt(tree, row)
    if (tree.order.depths[row] === 0 && !roots.has(span.traceId)) roots.set(span.traceId, span)
  }
  return [...roots.values()]
}

async function inTransaction<T>(database: Database, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.work.connect()
  let broken: Error | undefined
  try {
    await client.query(`begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}`)
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = error as Error
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Every step may be repeated: it finds what the try before it did. */
async function again<T>(step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await step()
    } catch (error) {
      const { class: of, retry } = classify(error)
      if (tries >= TRIES || !(retry || of === 'slow')) throw error
    }
  }
}
