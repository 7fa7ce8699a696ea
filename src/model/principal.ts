/** What a verified token may do. Made from its claims by a pure function (access/policy.ts). */
export interface Principal {
  /** Who, for the audit log and the rate limit. */
  subject: string
  workspace: string
  /** Workflow patterns: an id, `prefix*`, or `*`; sorted, without repetitions. Empty = none. */
  workflows: readonly string[]
  scopes: ReadonlySet<Scope>
  /** The patterns without secrets, as stored ids have them; absent = the same. */
  storedWorkflows?: readonly string[]
}

export const SCOPES = [
  'traces:write',
  'artifacts:write',
  'traces:read',
  'content:read',
  'content:reveal',
  'artifacts:read',
  'traces:delete',
  'admin',
] as const
export type Scope = (typeof SCOPES)[number]
