import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Tokens by hand, so that wrong ones can be made, too. */
export type Json = Record<string, unknown>

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

export function hs256(claims: unknown, secret: string | Buffer, header: Json = {}, bits = 256): string {
  const input = `${part({ alg: `HS${bits}`, typ: 'JWT', ...header })}.${part(claims)}`
  return `${input}.${createHmac(`sha${bits}`, secret).update(input).digest('base64url')}`
}

export interface Pair {
  privateKey: KeyObject
  publicKey: KeyObject
  alg: 'RS256' | 'ES256' | 'EdDSA'
}

export function pair(alg: Pair['alg'], bits = 2048): Pair {
  if (alg === 'RS256') return { ...generateKeyPairSync('rsa', { modulusLength: bits }), alg }
  if (alg === 'ES256') return { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }), alg }
  return { ...generateKeyPairSync('ed25519'), alg }
}

export function signed(claims: unknown, { privateKey, alg }: Pair, header: Json = {}, bits = 256): string {
  const input = `${part({ alg, typ: 'JWT', ...header })}.${part(claims)}`
  const key = alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey
  return `${input}.${sign(alg === 'EdDSA' ? null : `sha${bits}`, Buffer.from(input), key).toString('base64url')}`
}

/** An unsigned token. */
export function unsigned(claims: unknown, alg: string, signature = ''): string {
  return `${part({ alg })}.${part(claims)}.${signature}`
}

/** Claims of a token that is good for an hour. */
export function claims(over: Json = {}): Json {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: 'workflow-trace',
    aud: 'workflow-trace',
    sub: 'someone',
    exp: now + 3600,
    workflows: ['*'],
    scope: 'traces:read traces:write',
    ...over,
  }
}

/** An issuer's key set on loopback; `keys` may change, `answer` may be replaced, and `asked` counts. */
export async function keyServer(keys: { kid?: string; pair: Pair }[]) {
  const state = {
    keys,
    asked: 0,
    down: false,
    body: null as string | null,
    /** Answers with this place instead. */
    movedTo: null as string | null,
    url: '',
    close: async () => {},
  }
  const server = createServer((_request, response) => {
    state.asked++
    if (state.down) return void response.writeHead(500).end()
    if (state.movedTo !== null) return void response.writeHead(302, { location: state.movedTo }).end()
    const set = state.keys.map(({ kid, pair: { publicKey, alg } }) => ({
      ...publicKey.export({ format: 'jwk' }),
      alg,
      use: 'sig',
      ...(kid === undefined ? {} : { kid }),
    }))
    response.setHeader('content-type', 'application/json').end(state.body ?? JSON.stringify({ keys: set }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
  state.close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return state
}
