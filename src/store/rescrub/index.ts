import pg from 'pg'
import { AuditLog } from '../audit.ts'
import type { Database } from '../database.ts'
import { settle } from '../settle.ts'
import { classify } from '../sqlstate.ts'
import { rescrubArtifacts } from './artifacts.ts'
import { removeContexts } from './contexts.ts'
import { rescrubLogs } from './logs.ts'
import { rescrubErasures, rescrubGrants, rescrubWorkflows } from './names.ts'
import { makeStages, rescrubSpans } from './spans.ts'
import { addTo, emptyReport, type RescrubReport, type Scrub, type Work } from './work.ts'

export type { RescrubReport, Scrub } from './work.ts'

/** What is re-scrubbed, by which rules. */
export interface RescrubOptions {
  url: string
  database: Pick<Database, 'work'>
  scrubOf: (workspace: string) => Promise<Scrub>
  /** The version of these rules: rows that have it are left alone. */
  version: number
  /** Rows that were received at or after it; and before `until`. */
  since: Date
  until: Date
  /** null = every workspace. */
  workspace: string | null
  /** Looks and counts; nothing is written. */
  dryRun: boolean
  /** Who, for the audit log. */
  subject: string
}

/** Another re-scrub is at work on this database. */
export class AlreadyAtWork extends Error {
  override readonly name = 'AlreadyAtWork'
}

/** Milliseconds of one statement: finding what is stale may read a whole partition. */
const STATEMENT_MS = 15 * 60_000
/** Marks settled in one transaction, and how long it waits for a lock. */
const MARKS = 500
const LOCK_MS = 2_000

/**
 * Takes what the rules find today out of what is stored: spans, messages, log records, artifacts, names. In short
 * transactions beside running services, which must have the new rules already: what an old one lets in meanwhile
 * is found by the next run. May be ended at any time and run again: it goes on with what is left. The audit log is
 * append-only and stays as it is; it says that this ran, and how much it found.
 *
 * Throws `AlreadyAtWork`, and the driver's errors.
 */
export async function rescrub(options: RescrubOptions): Promise<RescrubReport> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'workflow-trace redact',
    connectionTimeoutMillis: 10_000,
    statement_timeout: STATEMENT_MS,
    keepAlive: true,
  })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      `select pg_try_advisory_lock(hashtext('workflow-trace redact')) as taken`,
    )
    if (rows[0]?.taken !== true) throw new AlreadyAtWork('another workflow-trace redact is at work')
    const { version, since, until, dryRun, database } = options
    const report = emptyReport()
    if (!dryRun) await client.query(makeStages)
    for (const [workspace, realms] of await workspacesOf(client, options.workspace)) {
      const scrub = await options.scrubOf(workspace)
      const scrubs = new Map(realms.map((realm) => [realm, scrub]))
      const work: Work = { client, scrubs, version, since, until, dryRun, report: emptyReport() }
      await onRecord(options, workspace, 'redact_started', null)
      await run(work, database)
      await onRecord(options, workspace, 'redact', work.report)
      add(report, work.report)
    }
    return report
  } finally {
    await client.end()
  }
}

async function run(work: Work, database: Pick<Database, 'work'>): Promise<void> {
  await rescrubWorkflows(work)
  await rescrubSpans(work)
  await rescrubLogs(work)
  await rescrubArtifacts(work)
  await rescrubErasures(work)
  await rescrubGrants(work)
  if (!work.dryRun) await settleAll(work, database)
  await removeContexts(work)
}

async function workspacesOf(client: pg.Client, only: string | null): Promise<Map<string, number[]>> {
  const { rows } = await client.query<{ id: number; workspace: string }>(
    'select id, workspace from realms where $1::text is null or workspace = $1 order by id',
    [only],
  )
  const workspaces = new Map<string, number[]>()
  for (const { id, workspace } of rows) workspaces.set(workspace, [...(workspaces.get(workspace) ?? []), id])
  return workspaces
}

/** What is derived of spans (names, messages of errors, ids) is derived anew before this ends. */
async function settleAll({ scrubs }: Work, { work }: Pick<Database, 'work'>): Promise<void> {
  const marks = { where: 'realm = any($1)', values: [[...scrubs.keys()]], wait: true, limit: MARKS }
  for (let failures = 0; ; ) {
    try {
      if ((await settle(work, marks, LOCK_MS)) === 0) return
    } catch (error) {
      const { class: of, retry } = classify(error)
      if (++failures > 10 || !(retry || of === 'slow')) throw error
    }
  }
}

function add(sum: RescrubReport, one: RescrubReport): void {
  for (const kind of ['spans', 'logs', 'artifacts', 'names', 'contexts'] as const) {
    addTo(sum, kind, { ...one[kind], rules: new Map() })
  }
  addTo(sum, 'names', { seen: 0, changed: 0, rules: one.rules })
}

async function onRecord(
  { subject, since, until, version, database, dryRun }: RescrubOptions,
  workspace: string,
  action: string,
  report: RescrubReport | null,
): Promise<void> {
  if (dryRun) return
  const found =
    report === null
      ? {}
      : { spans: report.spans.changed, logs: report.logs.changed, artifacts: report.artifacts.changed }
  const details = { since: since.toISOString(), until: until.toISOString(), version, ...found }
  await new AuditLog(database.work).append([{ workspace, subject, action, details }])
}
