import type { Kysely } from 'kysely'
import { type ExecutionRecord, executionRecord } from './execution-record.ts'
import { mayRead, type Reach } from './reach.ts'
import type { Tables } from './tables.ts'

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
