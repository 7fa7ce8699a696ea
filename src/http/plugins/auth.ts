import jwt from '@fastify/jwt'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { principalOf } from '../../access/claims.ts'
import { clockToleranceMs, issuerOf, type Keys, requiredClaims } from '../../access/keys.ts'
import { requireScope } from '../../access/policy.ts'
import type { TokenHeader } from '../../access/remote-keys.ts'
import { Unauthenticated } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import type { Principal, Scope } from '../../model/principal.ts'

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
      extractToken: (request: FastifyRequest) => tokenOf(request, 'basic'),
    },
  }
}

/** Verification of tokens: `app.authenticate` and `request.principal`. */
export const auth = fp<{ keys: Keys; log: Logger }>(
  async (app, { keys, log }) => {
    for (const [index, issuer] of keys.issuers.entries()) {
      await app.register(jwt, verifierOf(issuer, `issuer${index}`))
    }
    app.decorateRequest('principal', null as unknown as Principal)
    app.decorate('authenticate', async (request, scope, scheme = 'bearer') => {
      const index = issuerOf(keys, tokenOf(request, scheme))
      const issuer = keys.issuers[index]
      const verify = (request as unknown as Record<string, () => Promise<unknown>>)[`issuer${index}JwtVerify`]
      let claims: unknown
      try {
        claims = await verify?.call(request)
      } catch (error) {
        // Whatever the verifier or the key source threw, the caller's answer is 401, never 500.
        log.debug({ code: (error as { code?: unknown }).code }, 'token refused')
        throw invalid()
      }
      const principal = issuer === undefined ? null : principalOf(claims, issuer.rules)
      if (principal === null) throw invalid()
      request.principal = principal
      requireScope(principal, scope)
    })
  },
  { name: 'auth' },
)

function invalid(): Error {
  return new Unauthenticated('The token is invalid or has expired')
}

/** The token of the Authorization header. Throws Unauthenticated when there is none in this form. */
function tokenOf(request: FastifyRequest, scheme: Scheme): string {
  const [, name = '', value = ''] = /^(\w+) +(\S+)$/.exec(request.headers.authorization ?? '') ?? []
  if (name.toLowerCase() === 'bearer') return value
  if (scheme === 'basic' && name.toLowerCase() === 'basic') {
    const pair = Buffer.from(value, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    if (colon >= 0) return pair.slice(colon + 1)
  }
  throw new Unauthenticated('Send Authorization: Bearer and a token')
}
