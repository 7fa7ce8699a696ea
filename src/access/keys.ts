import type { Config } from '../config.ts'
import { Unauthenticated } from '../errors.ts'
import type { ClaimRules } from './claims.ts'
import { createRemoteKeys, refused, type TokenHeader } from './remote-keys.ts'

/** Characters of a token, before anything of it is parsed. */
export const maxTokenLength = 8 * 1024
/** Milliseconds that clocks may differ (fast-jwt counts this one in milliseconds). */
export const clockToleranceMs = 5_000
/** What a token must carry: the verifier checks a claim only when it is there, so its absence is refused. */
export const requiredClaims = ['iss', 'aud', 'exp', 'sub']

/** One issuer whose tokens are accepted, with everything pinned by the configuration. */
export interface Issuer {
  issuer: string
  audience: string
  algorithms: readonly string[]
  /** The `typ` of the header, in lower case; null = any. */
  typ: string | null
  rules: ClaimRules
  /** The secret of HS256, or the public key (SPKI PEM) that a header names. Throws Unauthenticated. */
  key: string | ((header: TokenHeader) => Promise<string>)
}

/** The keys in use. */
export interface Keys {
  issuers: readonly Issuer[]
  /** The HS256 secret; null when tokens come from issuers of their own. */
  secret: string | null
}

/**
 * What the configuration says of keys, ready to verify with. In: the configuration and the secret the service
 * made itself (used when nothing is configured). Out: one issuer for HS256, or one per JWKS; never both.
 */
export function createKeys(config: Config, ownSecret: string | null): Keys {
  const rules = { names: config.claims, workspace: null, workspaces: ['*'], roles: config.roles }
  if (config.issuers.length > 0) {
    const issuers = config.issuers.map((issuer) => {
      const { claims: names, workspace, workspaces } = issuer
      return {
        issuer: issuer.issuer,
        audience: issuer.audience,
        algorithms: issuer.algorithms,
        typ: issuer.typ,
        rules: { names, workspace, workspaces, roles: config.roles },
        key: createRemoteKeys(issuer.jwksUrl, issuer.algorithms),
      }
    })
    return { issuers, secret: null }
  }
  const secret = config.jwtSecret ?? ownSecret
  if (secret === null) throw new Error('neither a secret nor an issuer is configured')
  const { jwtIssuer: issuer, jwtAudience: audience } = config
  return { issuers: [{ issuer, audience, algorithms: ['HS256'], typ: null, rules, key: secret }], secret }
}

/**
 * The configured issuer a token names: `iss` is a map key here and nothing more. Throws Unauthenticated for a
 * token that is oversize, not a signed JWT, of an issuer that is not configured, or of another type than its issuer's.
 */
export function issuerOf(keys: Keys, token: string): number {
  if (token.length > maxTokenLength) throw new Unauthenticated('The token is too long')
  const parts = token.split('.')
  if (parts.length !== 3 || parts.some((part) => !/^[A-Za-z0-9_-]+$/.test(part))) throw refused()
  const iss = memberOf(parts[1], 'iss')
  const index = keys.issuers.findIndex(({ issuer }) => issuer === iss)
  const issuer = keys.issuers[index]
  if (issuer === undefined) throw refused()
  if (issuer.typ !== null && issuer.typ !== plainTyp(memberOf(parts[0], 'typ'))) throw refused()
  return index
}

/** A member of one part of a token. Throws Unauthenticated for what is no JSON. */
function memberOf(part: string | undefined, name: string): unknown {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))?.[name]
  } catch {
    throw refused()
  }
}

/** RFC 7515, 4.1.9: a media type, whatever its case, of which `application/` may be left out. */
const plainTyp = (typ: unknown) =>
  typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
