import type { PoolClient } from 'pg'
import { allowsWorkflow, onlyLiteral } from '../access/policy.ts'
import type { Notice } from '../model/span.ts'
import type { ExecutionKey } from '../tree/execution-tree.ts'
import { amountOf } from '../tree/money.ts'
import type { RollUp } from '../tree/roll-up.ts'
import type { StoredTrace } from './load-structure.ts'

/** Writes what is derived of one locked execution; without spans left (`null`) the execution goes. */
export async function saveRollUp(
  client: PoolClient,
  realm: number,
  key: ExecutionKey,
  traces: readonly StoredTrace[],
  roll: RollUp | null,
): Promise<void> {
  await saveTraces(client, realm, key, traces)
  if (roll === null) {
    await client.query('delete from executions where realm = $1 and execution_id = $2 and fallback = $3', [
      realm,
      key.executionId,
      key.fallback,
    ])
    return
  }
  const workflow = await decideWorkflow(client, realm, key, roll)
  const { tokens, money, llmCalls } = roll.usage
  await client.query(
    `update executions set
       workflow_id = $4, workflow_explicit = $5, status = $6, started_ns = $7, ended_ns = $8, name = $9,
       thread_id = $10, error_message = $11, span_count = $12, error_count = $13, llm_call_count = $14,
       input_tokens = $15, output_tokens = $16, total_tokens = $17, cached_input_tokens = $18,
       cache_write_input_tokens = $19, reasoning_output_tokens = $20,
       cost = $21, cost_source = $22, cost_unknown_calls = $23,
       complete = $24, has_root = $25, notices = $26, root_trace_id = $27, root_span_id = $28,
       last_span_at = case when version = $29 then last_span_at else now() end, version = $29
     where realm = $1 and execution_id = $2 and fallback = $3`,
    [
      realm,
      key.executionId,
      key.fallback,
      workflow.id,
      workflow.explicit,
      roll.status,
      roll.startedNs,
      roll.endedNs,
      roll.name,
      roll.threadId,
      roll.errorMessage,
      roll.spanCount,
      roll.errorCount,
      llmCalls,
      tokens.input,
      tokens.output,
      tokens.total,
      tokens.cachedInput,
      tokens.cacheWriteInput,
      tokens.reasoningOutput,
      money.pico === null ? null : amountOf(money.pico),
      money.source,
      money.unknownCalls,
      roll.complete,
      roll.hasRoot,
      JSON.stringify([...roll.notices, ...workflow.notices]),
      roll.rootTraceId === null ? null : Buffer.from(roll.rootTraceId, 'hex'),
      roll.rootSpanId === null ? null : Buffer.from(roll.rootSpanId, 'hex'),
      roll.version,
    ],
  )
}

async function saveTraces(
  client: PoolClient,
  realm: number,
  key: ExecutionKey,
  traces: readonly StoredTrace[],
) {
  const ids = traces.map((trace) => Buffer.from(trace.traceId, 'hex'))
  const parameters = [realm, key.executionId, key.fallback, ids]
  await client.query(
    `delete from execution_traces
     where realm = $1 and execution_id = $2 and fallback = $3 and trace_id <> all($4)`,
    parameters,
  )
  // days as JSON: an array of arrays of different lengths is none to SQL
  await client.query(
    `insert into execution_traces as stored (realm, execution_id, fallback, trace_id, days)
     select $1, $2, $3, t.id, array(select jsonb_array_elements_text(t.days)::date)
     from unnest($4::bytea[], $5::jsonb[]) t (id, days)
     on conflict (realm, execution_id, fallback, trace_id) do update set days = excluded.days
     where stored.days <> excluded.days`,
    [...parameters, traces.map((trace) => JSON.stringify([...trace.days].sort()))],
  )
}

interface Workflow {
  id: string
  explicit: boolean
  notices: Notice[]
}

/**
 * The first explicit workflow id stays, because access hangs on it; a later different one is a notice. A
 * provisional name counts only inside the writer's grant; outside it the grant's only literal id, else unknown.
 */
async function decideWorkflow(
  client: PoolClient,
  realm: number,
  key: ExecutionKey,
  roll: RollUp,
): Promise<Workflow> {
  const { rows } = await client.query<{
    workflow_id: string
    workflow_explicit: boolean
    grant_patterns: string
  }>(
    `select workflow_id, workflow_explicit, grant_patterns from executions join realms on realms.id = executions.realm
     where realm = $1 and execution_id = $2 and fallback = $3`,
    [realm, key.executionId, key.fallback],
  )
  const [row] = rows
  const explicit = row?.workflow_explicit ? row.workflow_id : roll.workflowIds[0]
  if (explicit !== undefined)
    return { id: explicit, explicit: true, notices: conflicts(explicit, roll.workflowIds) }
  const patterns = JSON.parse(row?.grant_patterns ?? '[]') as string[]
  const name = roll.workflowNames.find((candidate) => allowsWorkflow(patterns, candidate))
  return { id: name ?? onlyLiteral(patterns) ?? 'unknown', explicit: false, notices: [] }
}

function conflicts(kept: string, named: readonly string[]): Notice[] {
  const others = named.filter((id) => id !== kept)
  if (others.length === 0) return []
  const message = `Spans name another workflow too (${others.slice(0, 3).join(', ')}); the first, ${kept}, stays`
  return [{ code: 'workflow_conflict', message, count: others.length }]
}
