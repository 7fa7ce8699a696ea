import { execFile } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { hashOfKey, ingestKeyId, isKeyOf, makeIngestKey } from '../../src/access/ingest-key.ts'
import { IngestKeys } from '../../src/store/ingest-keys.ts'
import { Revocations } from '../../src/store/revocations.ts'
import { realService } from './real-service.ts'

const { store, ask, as, database, log } = await realService(t)
const json = { 'content-type': 'application/json' }
const grant = {
  name: 'runner 1',
  workspace: 'default',
  workflows: ['wf'],
  scopes: ['traces:write'] as const,
  expiresAt: null,
}
const exporting = (authorization: string, path = '/v1/traces') =>
  ask('POST', path, { ...json, authorization }, '{}')

t.test('a key writes, and does nothing else', async (t) => {
  const { key, id } = await store.ingestKeys.create(grant)
  t.equal((await exporting(`Bearer ${key}`)).status, 200)
  const basic = Buffer.from(`pk-public:${key}`).toString('base64')
  t.equal((await exporting(`Basic ${basic}`, '/api/public/otel/v1/traces')).status, 200)
  t.equal((await exporting(`Basic ${basic}`)).status, 401, 'Basic is for the Langfuse path')
  t.equal((await ask('GET', '/api/workflows', { authorization: `Bearer ${key}` })).status, 403)
  t.equal(
    (await ask('PUT', '/api/executions/e/artifacts/a', { authorization: `Bearer ${key}` }, 'x')).status,
    403,
  )

  const span = (workflow: string) => ({
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    name: 'n',
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
    attributes: [{ key: 'workflow.id', value: { stringValue: workflow } }],
  })
  const body = (workflow: string) => ({ resourceSpans: [{ scopeSpans: [{ spans: [span(workflow)] }] }] })
  const send = (workflow: string) =>
    ask('POST', '/v1/traces', { ...json, authorization: `Bearer ${key}` }, body(workflow))
  t.match((await send('other')).json, { partialSuccess: { rejectedSpans: '1' } }, 'held to its workflows')
  t.strictSame((await send('wf')).json, {})

  await wait(50)
  const [listed] = (await store.ingestKeys.list('default')).filter((one) => one.id === id)
  t.ok(listed?.lastUsedAt, 'its use is noted')
  t.notMatch(JSON.stringify(await store.ingestKeys.list()), key.slice(-20))
  t.strictSame(await store.ingestKeys.list('elsewhere'), [])
})

t.test('what is nearly a key is refused alike', async (t) => {
  const { key, id } = await store.ingestKeys.create(grant)
  const other = makeIngestKey().key
  const last = key.endsWith('A') ? 'B' : 'A'
  const bad = [
    other,
    key.slice(0, -1) + last,
    `wtk_${id}_${other.slice(21)}`,
    key.slice(0, -1),
    `${key}A`,
    key.toUpperCase(),
    `wtk_${id}_`,
    `wtk_' or 1=1 --_${'a'.repeat(43)}`,
  ]
  const answers = await Promise.all(bad.map((one) => exporting(`Bearer ${encodeURI(one)}`)))
  for (const [i, answer] of answers.entries()) {
    t.match(answer, { status: 401, text: answers[0]?.text ?? '' }, bad[i] ?? '')
  }
})

t.test('rotation: two live keys, then one; other processes follow within seconds', async (t) => {
  let now = Date.now()
  const elsewhere = new IngestKeys(database.read, () => now)
  const [old, fresh] = [await store.ingestKeys.create(grant), await store.ingestKeys.create(grant)]
  for (const { key } of [old, fresh]) t.ok(await elsewhere.principalOf(key))
  t.match(await store.ingestKeys.revoke(old.id), { id: old.id, name: 'runner 1' })
  t.equal(await store.ingestKeys.revoke(old.id), null, 'once')
  t.equal((await exporting(`Bearer ${old.key}`)).status, 401, 'at once where it was revoked')
  t.equal((await exporting(`Bearer ${fresh.key}`)).status, 200)
  now += 5_001
  t.equal(await elsewhere.principalOf(old.key), null)
  t.ok(await elsewhere.principalOf(fresh.key))
})

t.test('whoever guesses costs one query at a time, and pushes out nobody', async (t) => {
  const { key } = await store.ingestKeys.create(grant)
  let [queries, atOnce, most] = [0, 0, 0]
  const counted = {
    async query(...args: [string, unknown[]]) {
      queries++
      most = Math.max(most, ++atOnce)
      try {
        return await database.read.query(...args)
      } finally {
        atOnce--
      }
    },
  }
  const keys = new IngestKeys(counted as never)
  t.ok(await keys.principalOf(key))
  await wait(50)
  queries = most = 0
  const guesses = Array.from({ length: 12_000 }, () => makeIngestKey().key)
  for (let i = 0; i < guesses.length; i += 2_000) {
    const refused = await Promise.all(guesses.slice(i, i + 2_000).map((one) => keys.principalOf(one)))
    t.ok(refused.every((one) => one === null))
  }
  t.equal(most, 1, 'one connection')
  t.ok(queries <= 12, `${queries} queries`)
  queries = 0
  t.ok(await keys.principalOf(key))
  t.equal(queries, 0, 'still remembered')
})

t.test('an expired key', async (t) => {
  const { key } = await store.ingestKeys.create({ ...grant, expiresAt: new Date(Date.now() - 1) })
  t.equal((await exporting(`Bearer ${key}`)).status, 401)
})

t.test('the database holds no key', async (t) => {
  const { id, key, hash } = makeIngestKey()
  t.equal(ingestKeyId(key), id)
  t.ok(isKeyOf(key, hash) && hashOfKey(key).equals(hash))
  t.notOk(isKeyOf(key, hash.subarray(1)))
  const made = await store.ingestKeys.create(grant)
  const { rows } = await database.work.query('select row_to_json(ingest_keys)::text as row from ingest_keys')
  t.notMatch(rows.map(({ row }) => row).join(), made.key.slice(21))
  t.notMatch(log.join(), /wtk_/)
})

t.test('away, the database makes it 503, never 401: a batch would be dropped', async (t) => {
  const away = {
    query: () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
  } as never
  await t.rejects(new IngestKeys(away).principalOf(makeIngestKey().key), { code: 'TRACE_STORE_UNAVAILABLE' })
  await t.rejects(new Revocations(away).isRevoked('j'), { code: 'TRACE_STORE_UNAVAILABLE' })
})

t.test('tokens are revoked by their jti', async (t) => {
  const claims = { jti: 'token-7', scope: 'traces:read', sub: 'leaver' }
  const list = (over = {}) => as({ ...claims, ...over }, 'GET', '/api/workflows')
  t.equal((await list()).status, 200)
  let now = Date.now()
  const elsewhere = new Revocations(database.read, () => now)
  t.equal(await elsewhere.isRevoked('token-7'), false)
  await store.revocations.revoke('token-7')
  t.equal((await list()).status, 401)
  t.equal((await list({ jti: 'token-8' })).status, 200)
  t.equal((await list({ jti: undefined })).status, 200)
  now += 5_001
  t.equal(await elsewhere.isRevoked('token-7'), true)
  await store.revocations.revoke('short', new Date(Date.now() - 1))
  now += 5_001
  t.equal(await elsewhere.isRevoked('short'), false, 'forgotten once every such token has expired')
})

t.test('the command', async (t) => {
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
  const run = async (...args: string[]) => {
    const env = { PATH: process.env.PATH, DATABASE_URL: database.url.replace('@/', '@localhost/') }
    const done = await promisify(execFile)(process.execPath, [cli, ...args], { env }).catch((error) => error)
    return { out: String(done.stdout), err: String(done.stderr) }
  }
  const made = (
    await run('key', 'create', '--name', 'ci', '--workflows', 'a*,a,b', '--ttl', '30d')
  ).out.trim()
  t.match(await store.ingestKeys.principalOf(made), {
    workspace: 'default',
    workflows: ['a*', 'b'],
    scopes: new Set(['traces:write', 'artifacts:write']),
  })
  const id = ingestKeyId(made) as string
  const listed = (await run('key', 'list')).out
  t.match(listed, new RegExp(`${id} +ci +default +a\\*,b +traces:write artifacts:write +in use until`))
  t.notMatch(listed, made.slice(21))
  t.match((await run('key', 'revoke', '--id', id)).out, /is revoked/)
  t.match((await run('key', 'revoke', '--id', id)).err, /no key .* in use/)
  t.match(
    (await run('key', 'create', '--name', 'x', '--workflows', 'a', '--scope', 'traces:read')).err,
    /a key can have/,
  )
  t.match((await run('token', 'revoke', 'jti-9')).out, /revoked/)
  t.match((await as({ scope: 'admin' }, 'GET', '/api/audit?subject=workflow-trace%20key')).json, [
    { action: 'key_revoked', details: { key: id, name: 'ci' } },
    { action: 'key_created', details: { key: id, name: 'ci', workflows: ['a*', 'b'] } },
  ])
})
