import type { ClaimNames } from '../config-issuers.ts'
import { limits } from '../limits.ts'
import { type Principal, SCOPES, type Scope } from '../model/principal.ts'
import { allowsWorkflow, normalizePatterns } from './policy.ts'

/** How the claims of one issuer are read. */
export interface ClaimRules {
  names: ClaimNames
  /** Set = every token of the issuer belongs to this workspace. */
  workspace: string | null
  /** Patterns of the workspaces that the issuer's tokens may claim. */
  workspaces: readonly string[]
  roles: ReadonlyMap<string, readonly Scope[]>
}

/**
 * Verified claims → what their bearer may do. Pure and total: a claim of a shape that is not known gives no
 * rights. null = there is no usable subject, so the token is nobody's (401).
 */
export function principalOf(claims: unknown, rules: ClaimRules): Principal | null {
  if (!isRecord(claims)) return null
  const subject = claims.sub
  if (!isName(subject)) return null
  const workspace = workspaceOf(claims, rules)
  // Rights in an unknown place are no rights: the default workspace must not catch what is misspelt.
  if (workspace === null) return { subject, workspace: 'default', workflows: [], scopes: new Set() }
  return {
    subject,
    workspace,
    workflows: workflowsOf(claim(claims, rules.names.workflows)),
    scopes: scopesOf(claims, rules),
  }
}

function workspaceOf(claims: Record<string, unknown>, rules: ClaimRules): string | null {
  if (rules.workspace !== null) return rules.workspace
  const claimed = claim(claims, rules.names.workspace)
  const workspace = claimed === undefined ? 'default' : claimed
  return isName(workspace) && allowsWorkflow(rules.workspaces, workspace) ? workspace : null
}

/** A list of patterns; a string is one entry, never split: ids may hold spaces and commas. */
function workflowsOf(value: unknown): readonly string[] {
  const entries = typeof value === 'string' ? [value] : value
  return Array.isArray(entries) && entries.every(isName) ? normalizePatterns(entries) : []
}

function scopesOf(claims: Record<string, unknown>, rules: ClaimRules): Set<Scope> {
  const named = words(claim(claims, rules.names.scope)).filter(isScope)
  const byRole = words(claim(claims, rules.names.roles)).flatMap((role) => rules.roles.get(role) ?? [])
  return new Set([...named, ...byRole])
}

/** Words of a string or of an array of strings; anything else holds none. */
function words(value: unknown): string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '')
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : []
}

/** A claim by its name, else by its name as a path through nested objects. */
function claim(claims: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let value: unknown = claims
  for (const step of name.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Text that Postgres can hold and an index can key. */
function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= limits.maxIdLength &&
    !value.includes('\0') &&
    !/\p{Surrogate}/u.test(value)
  )
}

function isScope(word: string): word is Scope {
  return (SCOPES as readonly string[]).includes(word)
}
