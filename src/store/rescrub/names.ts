import { holdWriters } from '../erasures.ts'
import { addTo, nothingFound, scrubOf, type Work } from './work.ts'

/**
 * Workflows of executions, before their spans: the first explicit one is stored, not derived, and a roll-up would
 * name it beside the new one.
 */
export async function rescrubWorkflows(work: Work): Promise<void> {
  const found = nothingFound()
  const { rows } = await work.client.query<{ realm: number; id: string }>(
    'select distinct realm, workflow_id as id from executions where realm = any($1) and last_span_at >= $2',
    [[...work.scrubs.keys()], work.since],
  )
  for (const { realm, id } of rows) {
    found.seen++
    const kept = scrubOf(work, realm).id(id)
    if (kept === id) continue
    found.changed++
    if (work.dryRun) continue
    await work.client.query(
      `update executions set workflow_id = $3, version = version # 1
       where realm = $1 and workflow_id = $2 and last_span_at >= $4`,
      [realm, id, kept, work.since],
    )
  }
  addTo(work.report, 'names', found)
}

/** Names of erased executions: late spans come by their new name, and are refused by it. */
export async function rescrubErasures(work: Work): Promise<void> {
  const found = nothingFound()
  const { rows } = await work.client.query<{ realm: number; id: string }>(
    'select distinct realm, execution_id as id from erasures where realm = any($1) and not fallback',
    [[...work.scrubs.keys()]],
  )
  for (const { realm, id } of rows) {
    found.seen++
    const kept = scrubOf(work, realm).id(id)
    if (kept === id) continue
    found.changed++
    if (work.dryRun) continue
    await work.client.query('begin')
    try {
      await work.client.query(holdWriters)
      await work.client.query(
        `insert into erasures (realm, execution_id, fallback, trace_id, root_span_id, span_ids, erased_at)
         select realm, $3, fallback, trace_id, root_span_id, span_ids, erased_at from erasures
         where realm = $1 and execution_id = $2 and not fallback
         on conflict (realm, execution_id, fallback, trace_id)
         do update set span_ids = erasures.span_ids || excluded.span_ids`,
        [realm, id, kept],
      )
      await work.client.query(
        'delete from erasures where realm = $1 and execution_id = $2 and not fallback',
        [realm, id],
      )
      await work.client.query('commit')
    } catch (error) {
      await work.client.query('rollback').catch(() => {})
      throw error
    }
  }
  addTo(work.report, 'names', found)
}

/** Workflow patterns of the grants that wrote. */
export async function rescrubGrants(work: Work): Promise<void> {
  const found = nothingFound()
  const { rows } = await work.client.query<{ id: number; workspace: string; grant_patterns: string }>(
    'select id, workspace, grant_patterns from realms where id = any($1)',
    [[...work.scrubs.keys()]],
  )
  for (const { id, workspace, grant_patterns } of rows) {
    found.seen++
    const patterns = JSON.parse(grant_patterns) as string[]
    const kept = scrubOf(work, id).patterns(patterns)
    if (JSON.stringify(kept) === JSON.stringify(patterns)) continue
    found.changed++
    if (work.dryRun) continue
    const { rows: taken } = await work.client.query(
      'select from realms where workspace = $1 and grant_patterns = $2',
      [workspace, JSON.stringify(kept)],
    )
    // the same grant wrote again under the new rules: two realms of one grant, told apart by a name that is no workflow's
    const own = taken.length === 0 ? kept : [...kept, `redacted-realm-${id}`]
    await work.client.query('update realms set grant_patterns = $2 where id = $1', [id, JSON.stringify(own)])
  }
  addTo(work.report, 'names', found)
}
