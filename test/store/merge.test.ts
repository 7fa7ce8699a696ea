// Spans that are there already: what a second transaction, through the stage, leaves of both versions.
import t from 'tap'
import type { Span } from '../../src/model/span.ts'
import { openStore } from '../../src/store/index.ts'
import { silent, testDatabase } from '../helpers/database.ts'
import { span } from '../helpers/span.ts'
import { reader, testStore } from '../helpers/store.ts'

const writer = { workspace: 'default', workflows: ['*'] }

t.test('of three versions the best stays, though another comes after it that beats the first', async (t) => {
  const { store, database } = await testStore(t)
  const version = (name: string, attributes: number): Span =>
    span('b1', '1', null, {
      name,
      attributes: new Map(Array.from({ length: attributes }, (_, i) => [`k${i}`, 'v'])),
    })
  for (const [name, attributes] of [
    ['first', 1],
    ['best', 3],
    ['between', 2],
  ] as const) {
    await store.writeSpans(writer, [version(name, attributes)])
  }
  const { rows } = await database.read.query('select name from spans')
  t.strictSame(rows, [{ name: 'best' }])
})

t.test(
  'an execution that was settled hears of spans that came together with some that were there',
  async (t) => {
    const { store } = await testStore(t)
    const root = span('b2', '1', null, { executionId: 'e' })
    const count = async (): Promise<number | undefined> => {
      const { value, stale } = await store.read.execution(reader(), 'e')
      // a busy machine may not settle within the time of a read, which says so
      return stale ? count() : value?.execution.spanCount
    }
    await store.writeSpans(writer, [root])
    t.equal(await count(), 1)
    await store.writeSpans(writer, [root, span('b2', '2', '1')])
    t.equal(await count(), 2)
  },
)

t.test(
  'the stage is empty after every transaction: what was deleted meanwhile does not come back',
  async (t) => {
    const { url, work } = await testDatabase(t)
    const options = { url, log: silent, redactionVersion: 1, retentionDays: null }
    const store = await openStore({ ...options, poolSizes: { ingest: 1 } })
    t.teardown(() => store.close())
    const history = JSON.stringify([{ role: 'user', content: 'x'.repeat(3_000) }])
    const call = (trace: string, id: string) =>
      span(trace, id, null, { content: new Map([['gen_ai.input.messages', history]]) })
    const twice = async (trace: string) => {
      for (const ids of [['1'], ['1', '2', '3']]) {
        await store.writeSpans(
          writer,
          ids.map((id) => call(trace, id)),
        )
      }
    }
    const counts = async () =>
      (
        await work.query(
          `select (select count(*)::int from spans) as spans, (select count(*)::int from messages) as messages`,
        )
      ).rows[0]
    await twice('b3')
    const { spans, messages } = await counts()
    t.equal(spans, 3)
    t.ok(messages > 0)
    await work.query('delete from spans; delete from messages')
    await twice('b4')
    t.strictSame(await counts(), { spans, messages })
  },
)

t.test('every part of a large request has its resource stored, those that are new too', async (t) => {
  const { store, database } = await testStore(t)
  const scope = (name: string) => ({
    name,
    version: '',
    attributes: new Map(),
    droppedAttributesCount: 0,
    schemaUrl: '',
  })
  const large = (id: string, name: string) =>
    span('b5', id, null, { scope: scope(name), attributes: new Map([['text', 'x'.repeat(5 * 1024 * 1024)]]) })
  await store.writeSpans(writer, [span('b5', '1', null, { scope: scope('known') })])
  // a slice each, and each of them a batch of its own
  const slices = () => [[large('2', 'known')], [large('3', 'new')], [large('4', 'newer')]]
  t.strictSame(await store.writeSpans(writer, slices), { stored: 3, refused: [] })
  const { rows } = await database.read.query(
    `select count(*)::int as lost from spans s where not exists (
       select from contexts c where c.realm = s.realm and c.hash = s.context)`,
  )
  t.strictSame(rows, [{ lost: 0 }])
})

t.test('a resource that one realm stored is stored for another too', async (t) => {
  const { store, database } = await testStore(t)
  for (const workflows of [['*'], ['a'], ['a', 'b']]) {
    await store.writeSpans({ workspace: 'default', workflows }, [span('b6', '1', null)])
  }
  const { rows } = await database.read.query(
    'select count(distinct realm)::int as realms, count(distinct hash)::int as hashes from contexts',
  )
  t.strictSame(rows, [{ realms: 3, hashes: 1 }])
})

t.test('a resource that could not be stored is stored with the spans that are sent again', async (t) => {
  const { store, database } = await testStore(t)
  const blocker = await database.work.connect()
  await blocker.query('begin; lock table contexts')
  const away = { code: 'TRACE_STORE_UNAVAILABLE' }
  await t.rejects(store.writeSpans(writer, [span('b7', '1', null)]), away)
  await blocker.query('rollback')
  blocker.release()
  t.strictSame(await store.writeSpans(writer, [span('b7', '1', null)]), { stored: 1, refused: [] })
  t.equal((await database.read.query('select from contexts')).rowCount, 1)
})
