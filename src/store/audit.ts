import type pg from 'pg'
import { orUnavailable } from './unavailable.ts'

/** Something that is kept: who did, or was refused, what. */
export interface AuditEntry {
  workspace: string
  subject: string
  /** `reveal`, `denied`, `not_found`, `key_created`, … */
  action: string
  workflowId?: string | null
  executionId?: string | null
  traceId?: string | null
  spanId?: string | null
  reason?: string | null
  /** How often, where repetitions were added up. */
  times?: number
  details?: Record<string, unknown> | null
}

/** An entry as it was kept. */
export interface AuditRow extends Required<AuditEntry> {
  id: bigint
  at: Date
}

/** Which entries, the newest first. */
export interface AuditFilter {
  action?: string
  subject?: string
  executionId?: string
  from?: Date
  to?: Date
  /** Only entries older than this one. */
  before?: bigint
  limit: number
}

/** The append-only log of a workspace's accesses. Rejects with `StoreUnavailable` while the database is away. */
export class AuditLog {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Resolves after COMMIT: what must not happen unseen waits for it. */
  async append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return
    const column = <T>(read: (entry: AuditEntry) => T) => entries.map(read)
    await orUnavailable(
      this.#pool.query(
        `insert into audit_log (workspace, subject, action, workflow_id, execution_id, trace_id, span_id, reason, times, details)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
           $9::integer[], $10::json[])`,
        [
          column((entry) => entry.workspace),
          column((entry) => entry.subject),
          column((entry) => entry.action),
          column((entry) => entry.workflowId ?? null),
          column((entry) => entry.executionId ?? null),
          column((entry) => entry.traceId ?? null),
          column((entry) => entry.spanId ?? null),
          column((entry) => entry.reason ?? null),
          column((entry) => entry.times ?? 1),
          column((entry) => (entry.details == null ? null : JSON.stringify(entry.details))),
        ],
      ),
    )
  }

  /** Entries of one workspace, the newest first. */
  async list(workspace: string, filter: AuditFilter): Promise<AuditRow[]> {
    const values: unknown[] = [workspace]
    const where = ['workspace = $1']
    const add = (condition: string, value: unknown): void => {
      if (value === undefined) return
      values.push(value)
      where.push(condition.replace('?', `$${values.length}`))
    }
    add('action = ?', filter.action)
    add('subject = ?', filter.subject)
    add('execution_id = ?', filter.executionId)
    add('at >= ?', filter.from)
    add('at <= ?', filter.to)
    add('id < ?::bigint', filter.before === undefined ? undefined : String(filter.before))
    values.push(filter.limit)
    const { rows } = await orUnavailable(
      this.#pool.query<Stored>(
        `select id, at, workspace, subject, action, workflow_id, execution_id, trace_id, span_id, reason, times, details
         from audit_log where ${where.join(' and ')} order by id desc limit $${values.length}`,
        values,
      ),
    )
    return rows.map((row) => ({
      id: BigInt(row.id),
      at: row.at,
      workspace: row.workspace,
      subject: row.subject,
      action: row.action,
      workflowId: row.workflow_id,
      executionId: row.execution_id,
      traceId: row.trace_id,
      spanId: row.span_id,
      reason: row.reason,
      times: row.times,
      details: row.details,
    }))
  }
}

interface Stored {
  id: string
  at: Date
  workspace: string
  subject: string
  action: string
  workflow_id: string | null
  execution_id: string | null
  trace_id: string | null
  span_id: string | null
  reason: string | null
  times: number
  details: Record<string, unknown> | null
}
