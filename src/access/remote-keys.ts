import { type CryptoKey, createRemoteJWKSet, customFetch, exportSPKI } from 'jose'
import { Unauthenticated } from '../errors.ts'

/** The protected header of a token, not verified yet. */
export interface TokenHeader {
  alg?: unknown
  kid?: unknown
}

/** Milliseconds: a key set is asked for again after this, in the background; so a retired key lives no longer. */
const refreshAfterMs = 10 * 60_000
/** Milliseconds: known keys go on working this long while their issuer is away. */
const keepMs = 60 * 60_000
/** Milliseconds between fetches that unknown keys cause after a good one, and after a failed one. */
const coolDownMs = 30_000
const failureCoolDownMs = 5_000
/** Milliseconds for one fetch: the answer to the caller must come within 8 s. */
const fetchMs = 5_000
/** Bytes and keys of a key set. */
const maxBytes = 64 * 1024
const maxKeys = 50
/** Bits of an RSA modulus. */
const minRsaBits = 2048

const kidShape = /^[A-Za-z0-9._-]{1,128}$/

/** Times of the cache in milliseconds; the defaults are what production uses. */
export interface KeyTimes {
  refreshAfterMs?: number
  keepMs?: number
  coolDownMs?: number
  failureCoolDownMs?: number
}

/**
 * A source of the public keys behind one configured URL. The function it returns takes a token's header and
 * answers with the key as SPKI PEM. It throws Unauthenticated for everything else: an algorithm that is not
 * pinned, an unknown or odd `kid`, a weak key, an issuer that is away. Headers that name other places for keys
 * (`jku`, `x5u`, `jwk`) are never looked at.
 */
export function createRemoteKeys(
  jwksUrl: string,
  algorithms: readonly string[],
  times: KeyTimes = {},
): (header: TokenHeader) => Promise<string> {
  const refresh = times.refreshAfterMs ?? refreshAfterMs
  const backOff = times.failureCoolDownMs ?? failureCoolDownMs
  let failedAt = Number.NEGATIVE_INFINITY
  let askedAt = Number.NEGATIVE_INFINITY

  const resolve = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: fetchMs,
    cooldownDuration: times.coolDownMs ?? coolDownMs,
    cacheMaxAge: times.keepMs ?? keepMs,
    [customFetch]: async (url, options) => {
      // jose cools down after a success only; without this, an outage would turn every token into a fetch.
      if (Date.now() - failedAt < backOff) throw new Error('the key set could not be fetched a moment ago')
      askedAt = Date.now()
      try {
        return await fetchBounded(url, options)
      } catch (error) {
        failedAt = Date.now()
        throw error
      }
    },
  })
  const pems = new WeakMap<CryptoKey, Promise<string>>()

  return async (header) => {
    const { alg, kid } = header
    if (typeof alg !== 'string' || !algorithms.includes(alg)) throw refused()
    if (kid !== undefined && (typeof kid !== 'string' || !kidShape.test(kid))) throw refused()
    if (resolve.fresh && Date.now() - askedAt > refresh && !resolve.reloading)
      resolve.reload().catch(() => {})
    try {
      const key = await resolve(kid === undefined ? { alg } : { alg, kid })
      const { modulusLength } = key.algorithm as { modulusLength?: number }
      if (modulusLength !== undefined && modulusLength < minRsaBits) throw refused()
      const pem = pems.get(key) ?? exportSPKI(key)
      pems.set(key, pem)
      return await pem
    } catch {
      throw refused()
    }
  }
}

/** A key set of bounded size from exactly this place: redirects were switched off by the caller. */
async function fetchBounded(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options)
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    throw new Error(`the key set answered ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error('the key set is too large')
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  const keys: unknown = JSON.parse(text)?.keys
  if (!Array.isArray(keys) || keys.length > maxKeys) throw new Error('the key set is not one')
  return new Response(text, { status: 200, headers: { 'content-type': 'application/json' } })
}

/** One sentence for every reason: which one it was helps only a forger. */
export function refused(): Error {
  return new Unauthenticated('The token is invalid or has expired')
}
