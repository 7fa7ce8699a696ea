import jwt from '@fastify/jwt'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { principalOf } from '../../access/claims.ts'
import { ingestKeyId } from '../../access/ingest-key.ts'
import { clockToleranceMs, issuerOf, type Keys, requiredClaims } from '../../access/keys.ts'
import { requireScope } from '../../access/policy.ts'
import type { TokenHeader } from '../../access/remote-keys.ts'
import { VerifiedTokens } from '../../access/verified-tokens.ts'
import { Unauthenticated } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import type { Principal, Scope } from '../../model/principal.ts'
import { type Redactor, redactId, redactPatterns } from '../../redact/index.ts'
import type { Store } from '../../store/index.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, once a hook of `authenticate` has run. */
    principal: Principal
  }
  interface FastifyInstance {
    /**
     * Sets `request.principal` from the headers alone, before a byte of the body is read. Throws Unauthenticated
     * for whatever is wrong with the token, and ScopeMissing when it is good but lacks `scope`.
     */
    authenticate(request: FastifyRequest, scope: Scope, scheme?: Scheme): Promise<void>
    /** The same for a caller without a Fastify request (gRPC), by the value of its `authorization`. */
    principalOf(authorization: string | undefined, scope: Scope): Promise<Principal>
  }
  interface FastifyContextConfig {
    /** The scope a route asks for; `traces:read` where nothing is said. */
    scope?: Scope
  }
}

/** `basic`: a token may also come as the password of Basic, which is what Langfuse's exporters send. */
export type Scheme = 'bearer' | 'basic'

/** What @fastify/jwt needs for one issuer; each verifies with its own pinned algorithms, issuer and audience. */
function verifierOf({ issuer, audience, algorithms, key }: Keys['issuers'][number], namespace: string) {
  return {
    namespace,
    decode: { complete: true },
    secret:
      typeof key === 'string'
        ? key
        : (_request: FastifyRequest, token: unknown) => key((token as { header: TokenHeader }).header),
    verify: {
      algorithms: algorithms as never,
      allowedIss: issuer,
      allowedAud: audience,
      requiredClaims: [...requiredClaims],
      clockTolerance: clockToleranceMs,
      extractToken: (request: FastifyRequest) => tokenOf(request.headers.authorization, 'basic'),
    },
  }
}

/** Where static keys and revoked tokens are looked up. */
type KeyStore = Pick<Store, 'ingestKeys' | 'revocations'>

interface AuthOptions {
  keys: Keys
  log: Logger
  store: KeyStore
  redactorOf: (workspace: string) => Promise<Redactor>
  /** Milliseconds since 1970, for how long a verified token is believed. */
  now: () => number
}

/** Verification of tokens and static keys: `app.authenticate` and `request.principal`. */
export const auth = fp<AuthOptions>(
  async (app, { keys, log, store, redactorOf, now }) => {
    for (const [index, issuer] of keys.issuers.entries()) {
      await app.register(jwt, verifierOf(issuer, `issuer${index}`))
    }
    const verified = new VerifiedTokens(now)
    app.decorateRequest('principal', null as unknown as Principal)
    app.decorate('authenticate', async (request, scope, scheme = 'bearer') => {
      const token = tokenOf(request.headers.authorization, scheme)
      const verifiers = request as unknown as Record<string, () => Promise<unknown>>
      const principal = await identify(token, async (index) =>
        verifiers[`issuer${index}JwtVerify`]?.call(request),
      )
      request.principal = principal
      requireScope(principal, scope)
    })
    app.decorate('principalOf', async (authorization, scope) => {
      const token = tokenOf(authorization, 'bearer')
      const principal = await identify(token, (index) => verifyAlone(app, keys, index, token))
      requireScope(principal, scope)
      return principal
    })

    /** Who a token says it is, once `verify` has proven it for the issuer at an index. */
    const identify = async (
      token: string,
      verify: (index: number) => Promise<unknown>,
    ): Promise<Principal> => {
      if (ingestKeyId(token) !== null) {
        const principal = await store.ingestKeys.principalOf(token)
        if (principal === null) throw invalid()
        return storable(principal)
      }
      let known = verified.get(token)
      if (known === null) {
        const index = issuerOf(keys, token)
        const issuer = keys.issuers[index]
        let claims: unknown
        try {
          claims = await verify(index)
        } catch (error) {
          // Whatever the verifier or the key source threw, the caller's answer is 401, never 500.
          log.debug({ code: (error as { code?: unknown }).code }, 'token refused')
          throw invalid()
        }
        const principal = issuer === undefined ? null : principalOf(claims, issuer.rules)
        if (principal === null) throw invalid()
        const { jti, exp } = claims as { jti?: unknown; exp?: unknown }
        known = { principal: await storable(principal), id: typeof jti === 'string' ? jti : null }
        verified.set(token, known, Number(exp))
      }
      if (known.id !== null && (await store.revocations.isRevoked(known.id))) throw invalid()
      return known.principal
    }

    /** Who somebody is, where and for what comes into the store and the audit log: what holds a secret is replaced. */
    const storable = async (principal: Principal): Promise<Principal> => {
      const redactor = await redactorOf('')
      const subject = redactId(principal.subject, redactor)
      const workspace = redactId(principal.workspace, redactor)
      const isClean = redactPatterns(principal.workflows, redactor) === principal.workflows
      if (isClean && subject === principal.subject && workspace === principal.workspace) return principal
      // spans are held to the grant as both were sent; what is stored of both is compared with what is stored
      const storedWorkflows = redactPatterns(principal.workflows, await redactorOf(workspace))
      return { ...principal, subject, workspace, storedWorkflows }
    }
  },
  { name: 'auth' },
)

function invalid(): Error {
  return new Unauthenticated('The token is invalid or has expired')
}

/** What @fastify/jwt decorates the app with, for each issuer by its namespace. */
interface Verifiers {
  jwt: Record<string, { verify(token: string, options?: { key: string }): unknown }>
}

/** Verifies a token outside of a request, by the same options. */
async function verifyAlone(app: FastifyInstance, keys: Keys, index: number, token: string): Promise<unknown> {
  const verifier = (app as unknown as Verifiers).jwt[`issuer${index}`]
  const key = keys.issuers[index]?.key
  if (typeof key !== 'function') return verifier?.verify(token)
  const header = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8'))
  return verifier?.verify(token, { key: await key(header as TokenHeader) })
}

/** The token of an Authorization header. Throws Unauthenticated when there is none in this form. */
function tokenOf(authorization: string | undefined, scheme: Scheme): string {
  const [, name = '', value = ''] = /^(\w+) +(\S+)$/.exec(authorization ?? '') ?? []
  if (name.toLowerCase() === 'bearer') return value
  if (scheme === 'basic' && name.toLowerCase() === 'basic') {
    const pair = Buffer.from(value, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    if (colon >= 0) return pair.slice(colon + 1)
  }
  throw new Unauthenticated('Send Authorization: Bearer and a token')
}
