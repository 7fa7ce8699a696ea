import type { ConfigFile } from './config-file.ts'

/** Which claim holds what. */
export interface ClaimNames {
  workspace: string
  workflows: string
  scope: string
  roles: string
}

/** An issuer of tokens whose public keys are fetched from `jwksUrl`: configured, never taken from a token. */
export interface IssuerConfig {
  issuer: string
  audience: string
  jwksUrl: string
  algorithms: readonly string[]
  claims: ClaimNames
  /** What its tokens say that they are, in lower case; null = anything. */
  typ: string | null
  /** Set = every token of this issuer belongs to this workspace, whatever it claims. */
  workspace: string | null
  /** Patterns of the workspaces its tokens may claim. */
  workspaces: readonly string[]
}

const DEFAULT_ALGORITHMS = ['RS256', 'ES256', 'EdDSA']
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** The names an issuer or the file gives, over those of `base`. */
export function claimNames(given: ConfigFile['claims'], base?: ClaimNames): ClaimNames {
  const defaults = base ?? { workspace: 'workspace', workflows: 'workflows', scope: 'scope', roles: 'roles' }
  return { ...defaults, ...given }
}

interface Given {
  file: ConfigFile
  jwksUrl: string | null
  jwtIssuer: string
  jwtAudience: string
  claims: ClaimNames
  wrong: (name: string, sentence: string) => void
}

/** The issuer of TRACE_JWKS_URL and those of the file, checked: https (http on loopback only), each named once. */
export function checkIssuers(given: Given): IssuerConfig[] {
  const { file, jwksUrl, jwtIssuer, jwtAudience, claims, wrong } = given
  const issuers: IssuerConfig[] = []
  const base = { algorithms: DEFAULT_ALGORITHMS, claims, typ: null, workspace: null, workspaces: ['*'] }
  if (jwksUrl !== null && fetchable('TRACE_JWKS_URL', '', jwksUrl, wrong)) {
    issuers.push({ ...base, issuer: jwtIssuer, audience: jwtAudience, jwksUrl })
  }
  for (const [index, entry] of (file.issuers ?? []).entries()) {
    const at = `issuers.${index}`
    if (!fetchable('TRACE_CONFIG', `${at}.jwks_url `, entry.jwks_url, wrong)) continue
    if (issuers.some(({ issuer }) => issuer === entry.issuer)) {
      wrong('TRACE_CONFIG', `${at}.issuer is configured twice`)
    }
    if (entry.workspace !== undefined && entry.workspaces !== undefined) {
      wrong('TRACE_CONFIG', `${at} may have workspace or workspaces, not both`)
    }
    issuers.push({
      issuer: entry.issuer,
      audience: entry.audience ?? jwtAudience,
      jwksUrl: entry.jwks_url,
      algorithms: entry.algorithms ?? DEFAULT_ALGORITHMS,
      claims: claimNames(entry.claims, claims),
      typ: entry.typ?.toLowerCase() ?? null,
      workspace: entry.workspace ?? null,
      workspaces: entry.workspaces ?? ['*'],
    })
  }
  return issuers
}

/** Keys that come over plain http could be anybody's, so that is for this machine only. */
function fetchable(name: string, at: string, value: string, wrong: Given['wrong']): boolean {
  const url = URL.canParse(value) ? new URL(value) : null
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (safe && url?.username === '' && url.password === '') return true
  wrong(name, `${at}must be an https URL without credentials (http on loopback only)`)
  return false
}
