import t from 'tap'
import { openStore } from '../../src/store/index.ts'
import { migrate } from '../../src/store/migrate.ts'
import { emptyDatabase, silent, testDatabase } from '../helpers/database.ts'
import { span } from '../helpers/span.ts'
import { Toxic, throughProxy } from '../helpers/toxic.ts'

t.setTimeout(120_000)
const writer = { workspace: 'default', workflows: ['*'] }

/** A store behind a network that cuts the connection of each of these statements, once. */
async function cutOnce(t: Parameters<typeof testDatabase>[0], statements: readonly RegExp[]) {
  const { url } = await testDatabase(t)
  const { target, urlAt } = throughProxy(url)
  const toxic = await Toxic.start(t, target)
  const cut: string[] = []
  const store = await openStore({
    url: urlAt(toxic.port),
    retentionDays: null,
    redactionVersion: 1,
    log: silent,
  })
  t.teardown(() => store.close())
  const left = new Set<RegExp>()
  toxic.watcher = (bytes, direction) => {
    const text = bytes.toString('latin1')
    const found = direction === 'up' && [...left].find((statement) => statement.test(text))
    if (!found) return 'pass'
    left.delete(found)
    cut.push(found.source)
    return 'reset'
  }
  return {
    store,
    cut,
    arm: () => {
      for (const one of statements) left.add(one)
    },
  }
}

t.test('what a write asks before it writes is asked again when the connection breaks', async (t) => {
  const statements = [/insert into "realms"/, /insert into contexts/]
  const { store, cut, arm } = await cutOnce(t, statements)
  arm()
  t.strictSame(await store.writeSpans(writer, [span('a1', 'b1', null)]), { stored: 1, refused: [] })
  t.strictSame(
    cut,
    statements.map(({ source }) => source),
  )
})

t.test('what was erased is asked again when the connection breaks', async (t) => {
  const { store, cut, arm } = await cutOnce(t, [/from erasures\s+where realm/])
  const sent = [span('a1', 'b1', null, { executionId: 'gone', workflowId: 'w' })]
  await store.writeSpans(writer, sent)
  await store.erase({ workspace: 'default', subject: 'officer', workflows: ['*'] }, 'gone', null)
  arm()
  const refused = [{ reason: 'erased', count: 1 }]
  t.strictSame(await store.writeSpans(writer, sent), { stored: 0, refused })
  t.equal(cut.length, 1)
})

t.test('a network that takes connections and lets nothing through ends a migration with words', async (t) => {
  const { target, urlAt } = throughProxy(await emptyDatabase(t))
  const toxic = await Toxic.start(t, target)
  const words = { code: 'ETIMEDOUT', message: /takes connections to it and lets nothing through/ }
  toxic.watcher = (bytes) => (bytes.includes('pg_try_advisory_lock') ? 'lose' : 'pass')
  await t.rejects(migrate(urlAt(toxic.port), { answerMs: 500 }), words, 'after it connected')
  toxic.silence()
  await t.rejects(migrate(urlAt(toxic.port), { answerMs: 500 }), words, 'from the start')
  await toxic.heal()
  toxic.reset()
  t.ok((await migrate(urlAt(toxic.port))).version > 0)
})
