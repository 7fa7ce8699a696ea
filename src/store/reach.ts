import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Principal } from '../model/principal.ts'

/** What a reader's token covers, as SQL needs it. */
export interface Reach {
  /** Every realm of the workspace. */
  realms: readonly number[]
  /** Workflow patterns. */
  workflows: Principal['workflows']
}

/** True for rows whose workflow the reader may see: every query of executions carries it. */
export function mayRead(
  workflowId: Expression<string> | RawBuilder<string>,
  reach: Reach,
): RawBuilder<SqlBool> {
  if (reach.workflows.includes('*')) return sql<SqlBool>`true`
  const { literals, prefixes } = patternsOf(reach.workflows)
  return sql<SqlBool>`(${workflowId} = any(${literals}::text[])
    or exists (select from unnest(${prefixes}::text[]) as granted (prefix) where starts_with(${workflowId}, granted.prefix)))`
}

/** Workflow patterns apart: whole ids, and what ids begin with ('' = every id). */
export function patternsOf(workflows: Reach['workflows']): { literals: string[]; prefixes: string[] } {
  return {
    literals: workflows.filter((pattern) => !pattern.endsWith('*')),
    prefixes: workflows.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1)),
  }
}
