import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createRemoteKeys, type KeyTimes } from '../../src/access/remote-keys.ts'
import { keyServer, pair } from './jwt.ts'

const k1 = pair('RS256')
const k2 = pair('RS256')
const refused = { code: 'TRACE_UNAUTHENTICATED', statusCode: 401 }

async function setUp(t: Test, times: KeyTimes = {}) {
  const server = await keyServer([{ kid: 'k1', pair: k1 }])
  t.teardown(() => server.close())
  return { server, key: createRemoteKeys(server.url, ['RS256', 'ES256'], times) }
}

t.test('a known key, fetched once', async (t) => {
  const { server, key } = await setUp(t)
  const pem = k1.publicKey.export({ format: 'pem', type: 'spki' }).toString().trim()
  const found = await Promise.all(Array.from({ length: 20 }, () => key({ alg: 'RS256', kid: 'k1' })))
  for (const one of found) t.equal(one.trim(), pem)
  t.equal(server.asked, 1)
})

t.test('a flood of unknown keys is one fetch', async (t) => {
  const { server, key } = await setUp(t)
  for (let i = 0; i < 200; i++) await t.rejects(key({ alg: 'RS256', kid: `x${i}` }), refused)
  t.equal(server.asked, 1)
})

t.test('odd headers cause no fetch at all', async (t) => {
  const { server, key } = await setUp(t)
  const odd = ['../k1', 'a b', '', 'k'.repeat(129), 7, null, ['k1'], { a: 1 }]
  for (const kid of odd) await t.rejects(key({ alg: 'RS256', kid }), refused)
  for (const alg of ['HS256', 'none', 'None', 'PS256', undefined, ['RS256']]) {
    await t.rejects(key({ alg, kid: 'k1' }), refused)
  }
  t.equal(server.asked, 0)
})

t.test('rotation: a new key after the cool-down, a retired one until the refresh', async (t) => {
  const { server, key } = await setUp(t, { coolDownMs: 50, refreshAfterMs: 50 })
  await key({ alg: 'RS256', kid: 'k1' })
  server.keys = [{ kid: 'k2', pair: k2 }]
  await wait(80)
  await key({ alg: 'RS256', kid: 'k2' })
  t.equal(server.asked, 2)
  await t.rejects(key({ alg: 'RS256', kid: 'k1' }), refused)
})

t.test('a key that nobody asks anew for is refreshed in the background', async (t) => {
  const { server, key } = await setUp(t, { refreshAfterMs: 30, coolDownMs: 60_000 })
  await key({ alg: 'RS256', kid: 'k1' })
  server.keys = [{ kid: 'k2', pair: k2 }]
  await wait(50)
  await key({ alg: 'RS256', kid: 'k1' })
  await wait(100)
  await t.rejects(key({ alg: 'RS256', kid: 'k1' }), refused, 'retired')
})

t.test(
  'outage: known keys go on, for a bounded time; unknown ones are refused without a flood',
  async (t) => {
    const { server, key } = await setUp(t, {
      refreshAfterMs: 20,
      coolDownMs: 20,
      keepMs: 3_000,
      failureCoolDownMs: 10_000,
    })
    await key({ alg: 'RS256', kid: 'k1' })
    server.down = true
    await wait(50)
    for (let i = 0; i < 20; i++) {
      await t.rejects(key({ alg: 'RS256', kid: `x${i}` }), refused)
      await key({ alg: 'RS256', kid: 'k1' })
    }
    t.ok(server.asked <= 3, `asked ${server.asked} times`)
    await wait(3_000)
    await t.rejects(key({ alg: 'RS256', kid: 'k1' }), refused, 'past the bound')
  },
)

t.test('a key set that is said to be elsewhere is not looked for there', async (t) => {
  const { server, key } = await setUp(t, { failureCoolDownMs: 0 })
  const theirs = await keyServer([{ kid: 'k1', pair: k1 }])
  t.teardown(() => theirs.close())
  server.movedTo = theirs.url
  await t.rejects(key({ alg: 'RS256', kid: 'k1' }), refused)
  t.strictSame([server.asked, theirs.asked], [1, 0])
})

t.test('what is not a key set is nothing', async (t) => {
  const { server, key } = await setUp(t, { failureCoolDownMs: 0 })
  const jwk = pair('RS256').publicKey.export({ format: 'jwk' })
  const set = (size: number) =>
    JSON.stringify({ keys: Array.from({ length: size }, (_, i) => ({ ...jwk, kid: `k${i}`, alg: 'RS256' })) })
  const bodies = ['', '[]', 'null', '{"keys":{}}', '<html>', set(51), set(2) + ' '.repeat(64 * 1024)]
  for (const body of bodies) {
    server.body = body
    await t.rejects(key({ alg: 'RS256', kid: 'k1' }), refused, body.slice(0, 20))
  }
  server.body = set(50)
  t.match(await key({ alg: 'RS256', kid: 'k1' }), /^-----BEGIN PUBLIC KEY/, 'and this one is')
  server.body = null
  server.keys = [{ kid: 'weak', pair: pair('RS256', 1024) }]
  await t.rejects(key({ alg: 'RS256', kid: 'weak' }), refused, 'RSA of 1024 bits')
})
