import t from 'tap'
import { openDatabase } from '../../src/store/database.ts'
import { openStore, type StoreObserver } from '../../src/store/index.ts'
import { listDays } from '../../src/store/partitions.ts'
import { Upkeep, type UpkeepOptions } from '../../src/store/upkeep.ts'
import { emptyDatabase, silent, type TestDatabase, testDatabase } from '../helpers/database.ts'
import { span } from '../helpers/span.ts'
import { reader } from '../helpers/store.ts'

t.setTimeout(120_000)

const dayMs = 86_400_000
const runner = { workspace: 'default', workflows: ['*'] }
const daysAgo = (days: number) => (BigInt(Date.now()) - BigInt(days * dayMs)) * 1_000_000n
const dayOf = (days: number) => new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)
const named = (executionId: string, ago: number) => ({ executionId, workflowId: 'w', startNs: daysAgo(ago) })

function upkeepOf(database: TestDatabase, retentionDays: number | null) {
  const seen: [string, string, number][] = []
  const lines: unknown[] = []
  const observer: UpkeepOptions['observer'] = {
    partitions: (action, count) => void seen.push(['partitions', action, count]),
    retired: (what, count) => void seen.push(['retired', what, count]),
    upkeepFailed: () => {},
  }
  const log = { info: (fields: unknown) => void lines.push(fields), warn: () => {} } as never
  const upkeep = new Upkeep({ pool: database.work, url: database.url, retentionDays, log, observer })
  return { upkeep, seen, lines }
}

async function storeOn(
  t: { teardown(clean: () => Promise<void>): void },
  database: TestDatabase,
  retentionDays: number | null,
  observer: Partial<StoreObserver> = {},
) {
  const store = await openStore({
    url: database.url,
    log: silent,
    redactionVersion: 1,
    retentionDays,
    observer,
  })
  t.teardown(() => store.close())
  return store
}

async function rows(database: TestDatabase, sql: string) {
  return (await database.read.query<{ n: string }>(sql)).rows.map(({ n }) => n)
}

t.test('days go, then what outlives them; erasures stay; nothing is made again', async (t) => {
  const database = await testDatabase(t)
  const store = await storeOn(t, database, null)
  await store.writeSpans(runner, [
    span('1', '1', null, named('old', 20)),
    span('2', '1', null, named('young', 2)),
    span('3', '1', null, named('both', 20)),
    span('4', '1', null, named('both', 1)),
    span('5', '1', null, named('undated', 4_000)),
    span('6', '1', null, named('erased', 20)),
  ])
  await store.erase({ ...runner, subject: 's' }, 'erased', null)
  await store.read.executions(reader(), { workflowId: 'w', limit: 10 })
  await database.ingest.query(
    `update spans set received_at = now() - interval '20 days' where day = '1970-01-01'`,
  )
  for (const [id, days] of [
    ['old', 20],
    ['young', 1],
    ['nobody', 20],
  ] as const) {
    await database.ingest.query(
      `insert into artifacts (realm, execution_id, artifact_id, handle, media_type, size, sha256, stored_at)
       values (1, $1, 'a', decode(md5($1), 'hex'), 'text/plain', 1, '\\x00', now() - make_interval(days => $2))`,
      [id, days],
    )
  }
  const { upkeep, seen, lines } = upkeepOf(database, 7)
  await upkeep.retire()
  t.strictSame(await rows(database, 'select execution_id as n from executions order by 1'), ['both', 'young'])
  t.strictSame(await rows(database, 'select distinct execution_id as n from execution_traces order by 1'), [
    'both',
    'young',
  ])
  t.strictSame(await rows(database, "select encode(trace_id, 'hex') as n from spans order by 1"), [
    '2'.padStart(32, '0'),
    '4'.padStart(32, '0'),
  ])
  t.strictSame(await rows(database, 'select execution_id as n from artifacts'), ['young'])
  t.strictSame(await rows(database, 'select distinct execution_id as n from erasures'), ['erased'])
  const [both] = (await store.read.executions(reader(), { workflowId: 'w', limit: 10 })).value.filter(
    ({ key }) => key.executionId === 'both',
  )
  t.equal(both?.spanCount, 2, 'a roll-up stays whole until the last span goes')
  t.strictSame(seen, [
    ['partitions', 'dropped', 23 * 3],
    ['retired', 'undated_spans', 1],
    ['retired', 'executions', 2],
    ['retired', 'artifacts', 2],
  ])
  t.equal(lines.length, 2, 'one line for the partitions, one for the rows')
  t.notOk(upkeep.days.has(dayOf(8)))
  t.ok(upkeep.days.has(dayOf(7)))

  seen.length = 0
  await upkeep.start()
  await upkeep.stop()
  await upkeep.retire()
  t.strictSame(seen, [], 'nothing is made again, nothing more is dropped')
  await upkeepOf(database, null).upkeep.retire(new Date('2030-01-01'))
  t.equal(
    (await database.read.query('select from spans')).rowCount,
    2,
    'without a retention everything stays',
  )
})

t.test('a replica that does not know yet stores a span of a dropped day all the same', async (t) => {
  const database = await testDatabase(t)
  const stale = await storeOn(t, database, null)
  await upkeepOf(database, 7).upkeep.retire()
  const written = await Promise.all([
    stale.writeSpans(runner, [span('1', '1', null, named('late', 20))]),
    stale.writeSpans(runner, [span('2', '1', null, named('now', 0))]),
  ])
  t.strictSame(written, [
    { stored: 1, refused: [] },
    { stored: 1, refused: [] },
  ])
  t.strictSame(await rows(database, 'select day::text as n from spans order by day'), [
    '1970-01-01',
    dayOf(0),
  ])
})

t.test('several replicas at once, writers in between: one works, nobody fails', async (t) => {
  const database = await testDatabase(t)
  const store = await storeOn(t, database, null)
  await store.writeSpans(runner, [span('1', '1', null, named('old', 20))])
  const replicas = [7, 7, 7].map((days) => upkeepOf(database, days))
  let stop = false
  let stored = 0
  let sent = 0
  const writer = (async () => {
    for (let n = 0; !stop; n++) {
      const trace = (n + 16).toString(16)
      const result = await store.writeSpans(runner, [
        span(trace, '1', null, named(`e${n}`, n % 3 === 0 ? 20 : 0)),
      ])
      stored += result.stored
      sent = n + 1
    }
  })()
  await Promise.all(replicas.map(({ upkeep }) => upkeep.retire()))
  stop = true
  await writer
  t.ok(sent > 0)
  t.equal(stored, sent)
  const dropped = replicas.flatMap(({ seen }) => seen.filter(([, action]) => action === 'dropped'))
  t.strictSame(dropped, [['partitions', 'dropped', 23 * 3]])
})

t.test('a new database has only the days that are kept', async (t) => {
  const url = await emptyDatabase(t)
  const store = await openStore({ url, log: silent, redactionVersion: 1, retentionDays: 7 })
  t.teardown(() => store.close())
  const database = openDatabase({ url, log: silent })
  t.teardown(() => database.close())
  const days = await listDays(database.read)
  t.strictSame([days.has(dayOf(8)), days.has(dayOf(7)), days.size], [false, true, 10])
})
