import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Config } from '../config.ts'
import type { Scope } from '../model/principal.ts'

/** What a token of ours grants. */
export interface Grant {
  subject: string
  workspace: string
  /** Workflow patterns: ids, `prefix*`, `*`. */
  workflows: readonly string[]
  scopes: readonly Scope[]
  /** Seconds from now. */
  lifetimeSeconds: number
}

/** A token signed with the HS256 secret in use, with every claim that we require. */
export function issueToken(config: Config, secret: string, grant: Grant): Promise<string> {
  const { workspace, workflows, roles: _roles, scope } = config.claims
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({
    [workspace]: grant.workspace,
    [workflows]: [...grant.workflows],
    [scope]: grant.scopes.join(' '),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(config.jwtIssuer)
    .setAudience(config.jwtAudience)
    .setSubject(grant.subject)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + grant.lifetimeSeconds)
    .sign(new TextEncoder().encode(secret))
}
