import t from 'tap'
import { createKeys } from '../../src/access/keys.ts'
import { loadConfig } from '../../src/config.ts'
import { Unauthenticated } from '../../src/errors.ts'
import { claims, pair, signed } from '../access/jwt.ts'
import { secret, service } from './service.ts'

/** Milliseconds that a verified signature is believed (docs/threat-model.md). */
const BELIEVED_MS = 10_000

/** A service with one issuer whose key may be retired, a clock to turn, and tokens to revoke. */
async function setUp(t: { teardown(clean: () => Promise<unknown>): void }) {
  const rs = pair('RS256')
  const state = { now: Date.now(), retired: false, asked: 0, revoked: new Set<string>() }
  const pem = rs.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const config = loadConfig({ env: { TRACE_JWT_SECRET: secret, HOST: '127.0.0.1' } })
  const rules = createKeys(config, null).issuers[0]?.rules
  const key = async () => {
    state.asked++
    if (state.retired) throw new Unauthenticated('no such key')
    return pem
  }
  const issuer = {
    issuer: 'workflow-trace',
    audience: 'workflow-trace',
    algorithms: ['RS256'],
    typ: null,
    rules,
    key,
  }
  const { url, store } = await service(
    t,
    {},
    {
      keys: { issuers: [issuer], secret: null } as never,
      now: () => state.now,
    },
  )
  store.revocations = { isRevoked: async (jti) => state.revoked.has(jti), revoke: async () => {} }
  const ask = async (over: object = {}) => {
    const authorization = `Bearer ${signed(claims({ exp: Math.floor(state.now / 1000) + 600, ...over }), rs, { kid: 'k' })}`
    return (again = authorization) =>
      fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: again },
        body: '{}',
      }).then(({ status }) => status)
  }
  return { state, ask }
}

t.test(
  'a retired key is believed for ten seconds where its token was just seen, and no longer',
  async (t) => {
    const { state, ask } = await setUp(t)
    const seen = await ask()
    const unseen = await ask({ sub: 'another' })
    t.equal(await seen(), 200)
    t.equal(await seen(), 200)
    t.equal(state.asked, 1, 'verified once')
    state.retired = true
    t.equal(await unseen(), 401, 'at once for a token that comes for the first time')
    state.now += BELIEVED_MS - 1
    t.equal(await seen(), 200)
    state.now += 1
    t.equal(await seen(), 401)
  },
)

t.test('being asked often does not lengthen it', async (t) => {
  const { state, ask } = await setUp(t)
  const seen = await ask()
  t.equal(await seen(), 200)
  state.retired = true
  for (let i = 0; i < 9; i++) {
    state.now += 1_000
    t.equal(await seen(), 200)
  }
  state.now += 1_000
  t.equal(await seen(), 401)
})

t.test('revocation is looked up every time, for tokens that are remembered too', async (t) => {
  const { state, ask } = await setUp(t)
  const seen = await ask({ jti: 'j-1' })
  t.equal(await seen(), 200)
  state.revoked.add('j-1')
  t.equal(await seen(), 401)
  t.equal(state.asked, 1, 'it was remembered')
})
