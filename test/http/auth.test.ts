import { join } from 'node:path'
import t from 'tap'
import { claims, hs256, type Json, keyServer, pair, signed, unsigned } from '../access/jwt.ts'
import { secret, service, token } from './service.ts'

const now = () => Math.floor(Date.now() / 1000)
const without = (name: string): Json => {
  const { [name]: _gone, ...rest } = claims()
  return rest
}

/** Asks a route that only wants a good token with traces:write. */
async function ask(url: string, authorization: string | null): Promise<Response> {
  return await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
    body: '{}',
  })
}

t.test('HS256: token by token', async (t) => {
  const { url } = await service(t)
  const rsa = pair('RS256')
  const [head = '', body = '', signature = ''] = token().split('.')
  const good: [string, string][] = [
    ['a good one', token()],
    ['audience among others', token({ aud: ['other', 'workflow-trace'] })],
    ['expired 3 s ago, within the tolerance', token({ exp: now() - 3 })],
    ['valid from now + 3 s', token({ nbf: now() + 3 })],
  ]
  const bad: [string, string][] = [
    ['expired 10 s ago', token({ exp: now() - 10 })],
    ['valid from now + 10 s', token({ nbf: now() + 10 })],
    ['exp as text', token({ exp: String(now() + 60) })],
    ['exp null', token({ exp: null })],
    ['no iss', hs256(without('iss'), secret)],
    ['no aud', hs256(without('aud'), secret)],
    ['no exp', hs256(without('exp'), secret)],
    ['no sub', hs256(without('sub'), secret)],
    ['empty sub', token({ sub: '' })],
    ['sub that is a number', token({ sub: 7 })],
    ['another issuer', token({ iss: 'https://evil.example' })],
    ['issuer with a slash', token({ iss: 'workflow-trace/' })],
    ['issuers as a list', token({ iss: ['workflow-trace'] })],
    ['another audience', token({ aud: 'workflow' })],
    ['an audience that goes on', token({ aud: 'workflow-trace-2' })],
    ['an empty list of audiences', token({ aud: [] })],
    ['another secret', hs256(claims(), `${secret}!`)],
    ['an empty secret', hs256(claims(), '')],
    ['none', unsigned(claims(), 'none')],
    ['None with a signature', unsigned(claims(), 'None', signature)],
    ['HS256 without a signature', `${head}.${body}.`],
    ['two parts', `${head}.${body}`],
    ['five parts', `${head}.${body}.${signature}.a.b`],
    ['RS256, by a key of their own', signed(claims(), rsa)],
    ['HS512 header over an HS256 signature', hs256(claims(), secret, { alg: 'HS512' })],
    ['HS384 that is good', hs256(claims(), secret, {}, 384)],
    ['HS512 that is good', hs256(claims(), secret, {}, 512)],
    ['crit', hs256(claims(), secret, { crit: ['exp'] })],
    ['claims that are no object', hs256('"text"', secret)],
    ['claims that are null', hs256('null', secret)],
    ['claims that are no JSON', hs256('{', secret)],
    ['oversize, and otherwise good', token({ pad: 'x'.repeat(7_000) })],
    ['not base64url', `${head}.${body}.${signature.slice(0, -2)}+/`],
    ['another body under the same signature', `${head}.${token({ sub: 'x' }).split('.')[1]}.${signature}`],
  ]
  for (const [name, one] of good) t.equal((await ask(url, `Bearer ${one}`)).status, 200, name)
  for (const [name, one] of bad) {
    const response = await ask(url, `Bearer ${one}`)
    t.equal(response.status, 401, name)
    t.match(response.headers.get('www-authenticate'), /^Bearer/)
  }
})

t.test('the header', async (t) => {
  const { url } = await service(t)
  t.equal((await ask(url, `bearer  ${token()}`)).status, 200, 'the scheme has no case')
  for (const header of [null, '', 'Bearer', 'Bearer ', token(), `Basic ${token()}`, `Bearer a ${token()}`]) {
    t.equal((await ask(url, header)).status, 401, String(header).slice(0, 20))
  }
  const basic = Buffer.from(`pk:${token()}`).toString('base64')
  t.equal((await ask(url, `Basic ${basic}`)).status, 401, 'Basic is for the Langfuse path')
  t.equal(
    (await fetch(`${url}/v1/traces?access_token=${token()}`, { method: 'POST' })).status,
    401,
    'not in the URL',
  )
})

t.test('a good token without the scope is 403 and says which', async (t) => {
  const { url } = await service(t)
  for (const scope of ['', 'traces:read content:read', 'admin', undefined, 7]) {
    const response = await ask(url, `Bearer ${token({ scope })}`)
    t.equal(response.status, 403)
    t.match(response.headers.get('www-authenticate'), /insufficient_scope.*traces:write/)
    t.strictSame(await response.json(), { code: 7, message: 'The token lacks the scope traces:write' })
  }
})

t.test('JWKS: every algorithm we pin, and each trap', async (t) => {
  const pairs = { rs: pair('RS256'), es: pair('ES256'), ed: pair('EdDSA') }
  const server = await keyServer([
    { kid: 'rs', pair: pairs.rs },
    { kid: 'es', pair: pairs.es },
    { kid: 'ed', pair: pairs.ed },
  ])
  t.teardown(() => server.close())
  const theirs = await keyServer([{ kid: 'rs', pair: pair('RS256') }])
  t.teardown(() => theirs.close())
  const { url } = await service(t, { TRACE_JWKS_URL: server.url })

  for (const [kid, key] of Object.entries(pairs)) {
    t.equal((await ask(url, `Bearer ${signed(claims(), key, { kid })}`)).status, 200, kid)
  }
  const evil = pair('RS256')
  const spki = pairs.rs.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const pkcs1 = pairs.rs.publicKey.export({ format: 'pem', type: 'pkcs1' }).toString()
  const der = pairs.rs.publicKey.export({ format: 'der', type: 'spki' })
  const confused = [spki, spki.trim(), ` ${spki}`, `\ufeff${spki}`, `# key\n${spki}`, pkcs1, der]
  const bad: [string, string][] = [
    ...confused.map((key, i): [string, string] => [
      `the public key as an HMAC secret, ${i}`,
      hs256(claims(), key, { kid: 'rs' }),
    ]),
    ['none', unsigned(claims(), 'none')],
    ['RS384 that is good, and not pinned', signed(claims(), pairs.rs, { kid: 'rs', alg: 'RS384' }, 384)],
    ['unknown kid', signed(claims(), evil, { kid: 'nobody' })],
    ['a kid like a path', signed(claims(), evil, { kid: '../../rs' })],
    ['a kid that is a number', signed(claims(), pairs.rs, { kid: 7 })],
    ['their key under our kid', signed(claims(), evil, { kid: 'rs' })],
    ['another of our keys', signed(claims(), pairs.rs, { kid: 'es' })],
    ['no kid among several keys of a kind', signed(claims(), evil)],
    ['jku', signed(claims(), evil, { kid: 'rs', jku: theirs.url })],
    ['x5u', signed(claims(), evil, { kid: 'x', x5u: theirs.url })],
    ['x5c', signed(claims(), evil, { kid: 'rs', x5c: [der.toString('base64')] })],
    ['crit', signed(claims(), pairs.rs, { kid: 'rs', crit: ['exp'] })],
    [
      'a payload that is said not to be encoded',
      signed(claims(), pairs.rs, { kid: 'rs', crit: ['b64'], b64: false }),
    ],
    ['alg said twice', twice(hs256(claims(), spki, { kid: 'rs' }))],
    ['jwk', signed(claims(), evil, { jwk: evil.publicKey.export({ format: 'jwk' }) })],
    ['their server as issuer', signed(claims({ iss: theirs.url.replace('/jwks', '') }), evil, { kid: 'rs' })],
    ['expired', signed(claims({ exp: now() - 10 }), pairs.rs, { kid: 'rs' })],
    ['no exp', signed(without('exp'), pairs.rs, { kid: 'rs' })],
    ['no aud', signed(without('aud'), pairs.rs, { kid: 'rs' })],
    ['no sub', signed(without('sub'), pairs.rs, { kid: 'rs' })],
    ['no iss', signed(without('iss'), pairs.rs, { kid: 'rs' })],
  ]
  for (const [name, one] of bad) t.equal((await ask(url, `Bearer ${one}`)).status, 401, name)
  t.equal(theirs.asked, 0, 'nothing was asked of a place that a token named')
})

t.test('an issuer that signs several kinds of tokens: only those of the configured type', async (t) => {
  const rs = pair('RS256')
  const server = await keyServer([{ kid: 'rs', pair: rs }])
  t.teardown(() => server.close())
  const folder = t.testdir({
    'config.yaml': `issuers: [{ issuer: workflow-trace, jwks_url: "${server.url}", typ: AT+jwt }]`,
  })
  const { url } = await service(t, { TRACE_CONFIG: join(folder, 'config.yaml') })
  const status = async (header: Json) =>
    (await ask(url, `Bearer ${signed(claims(), rs, { kid: 'rs', ...header })}`)).status
  for (const typ of ['at+jwt', 'application/at+JWT']) t.equal(await status({ typ }), 200, typ)
  for (const typ of ['JWT', 'id+jwt', '', null, ['at+jwt'], undefined])
    t.equal(await status({ typ }), 401, JSON.stringify(typ))
})

t.test('JWKS away from the start: 401, never 500', async (t) => {
  const rs = pair('RS256')
  const server = await keyServer([{ kid: 'rs', pair: rs }])
  server.down = true
  const { url } = await service(t, { TRACE_JWKS_URL: server.url })
  t.equal((await ask(url, `Bearer ${signed(claims(), rs, { kid: 'rs' })}`)).status, 401)
  await server.close()
  t.equal((await ask(url, `Bearer ${signed(claims(), rs, { kid: 'rs' })}`)).status, 401)
})

/** The same token, whose header says first that it is one of ours. */
function twice(token: string): string {
  const [head = '', ...rest] = token.split('.')
  const header = Buffer.from(head, 'base64url').toString().replace('{', '{"alg":"RS256",')
  return [Buffer.from(header).toString('base64url'), ...rest].join('.')
}
