import type pg from 'pg'
import t from 'tap'
import { dayWindow, listDays, makeDays, partitionName } from '../../src/store/partitions.ts'
import { deleteUndatedBefore, dropDaysBefore } from '../../src/store/retention.ts'
import { testDatabase } from '../helpers/database.ts'

/** A span with what the table insists on. */
function insertSpan(
  client: pg.Pool | pg.PoolClient,
  day: string,
  trace: number,
  receivedAt: Date,
): Promise<unknown> {
  return client.query(
    `insert into spans (realm, trace_id, span_id, day, rank, received_at, redaction_version, kind, status, otel_kind,
       status_code, flags, start_ns, name, tokens_aggregated, dropped_attributes, dropped_events, dropped_links, context)
     values (1, decode(lpad(to_hex($2::int), 32, '0'), 'hex'), '\\x0000000000000001', $1, '\\x00', $3, 1, 0, 0, 0, 0, 0,
       1, 'a', false, 0, 0, 0, '\\x00')`,
    [day, trace, receivedAt],
  )
}

t.test('the window is 30 days back, or the retention, and two ahead, in UTC', async (t) => {
  const days = dayWindow(new Date('2026-03-01T23:30:00-05:00'))
  t.equal(days.length, 33)
  t.strictSame([days[0], days[30], days[32]], ['2026-01-31', '2026-03-02', '2026-03-04'])
  t.equal(dayWindow(new Date(), 5).length, 8)
  t.equal(dayWindow(new Date(), 400).length, 33)
})

t.test('later days are attached while writers hold the table, by several processes at once', async (t) => {
  const database = await testDatabase(t)
  const writer = await database.ingest.connect()
  await writer.query('begin')
  const today = dayWindow(new Date())[30] ?? ''
  await insertSpan(writer, today, 1, new Date())
  const later = dayWindow(new Date(Date.now() + 3 * 86_400_000))
  const clients = await Promise.all([
    database.read.connect(),
    database.read.connect(),
    database.read.connect(),
  ])
  await Promise.all(clients.map((client) => makeDays(client, later)))
  const days = await listDays(database.read)
  t.ok(later.every((day) => days.has(day)))
  await writer.query('commit')
  const last = later.at(-1) ?? ''
  await insertSpan(writer, last, 2, new Date())
  await t.rejects(insertSpan(writer, last, 2, new Date()), { code: '23505' }, 'the new partition has the key')
  await t.rejects(
    insertSpan(writer, '2031-01-01', 2, new Date()),
    { code: '23514' },
    'there is no default partition',
  )
  const { rows } = await writer.query(
    `select distinct attcompression as compression, attstorage as storage from pg_attribute
     where attrelid = any ($1::text[]::regclass[]) and attname = 'content'`,
    [[partitionName('spans', today), partitionName('spans', last)]],
  )
  t.equal(rows.length, 1, 'attached partitions store like the first ones')
  const indexes = await writer.query(
    'select count(*)::int as n from pg_index where indrelid = $1::text::regclass',
    [partitionName('spans', last)],
  )
  const first = await writer.query(
    'select count(*)::int as n from pg_index where indrelid = $1::text::regclass',
    [partitionName('spans', today)],
  )
  t.strictSame(indexes.rows, first.rows)
  for (const client of [writer, ...clients]) client.release()
})

t.test('old days are dropped whole, also what an earlier try left half done', async (t) => {
  const database = await testDatabase(t)
  const [first, second, , fourth] = dayWindow(new Date()) as [string, string, string, string]
  await insertSpan(database.ingest, first, 1, new Date())
  await insertSpan(database.ingest, fourth, 1, new Date())
  await database.work.query(`alter table spans detach partition ${partitionName('spans', second)}`)
  // A reader in the middle of a transaction holds the second phase up: the try ends with its lock_timeout.
  const reader = await database.read.connect()
  await reader.query('begin; select count(*) from spans')
  const client = await database.work.connect()
  await client.query(`set lock_timeout = '100ms'`)
  await t.rejects(dropDaysBefore(client, second), { code: '55P03' })
  await reader.query('commit')
  const days = await listDays(database.read)
  t.notOk(days.has(first), 'a day that is being detached is not offered to writers')
  const dropped = await dropDaysBefore(client, fourth)
  t.equal(dropped.length, 7, 'the interrupted try had dropped two of nine')
  const left = await database.read.query(`select day from spans`)
  t.strictSame(left.rows, [{ day: fourth }], 'dates are text, and the rest is there')
  t.strictSame(await dropDaysBefore(client, fourth), [])
  t.equal((await listDays(database.read)).size, 30)
  await t.rejects(insertSpan(database.ingest, first, 1, new Date()), { code: '23514' })
  reader.release()
  client.release(true)
})

t.test('undated rows go by when they were received, with the messages that only they needed', async (t) => {
  const database = await testDatabase(t)
  const [old, young] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-06-01T00:00:00Z')]
  for (let trace = 1; trace <= 7; trace++) {
    await insertSpan(database.ingest, '1970-01-01', trace, trace <= 5 ? old : young)
    await database.ingest.query(
      `insert into messages values (1, decode(lpad(to_hex($1::int), 32, '0'), 'hex'), '1970-01-01', '\\x00', 'text')`,
      [trace],
    )
  }
  const client = await database.work.connect()
  t.equal(await deleteUndatedBefore(client, new Date('2026-03-01T00:00:00Z'), 2), 5)
  const { rows } = await client.query(
    'select (select count(*)::int from spans) as spans, (select count(*)::int from messages) as messages',
  )
  t.strictSame(rows, [{ spans: 2, messages: 2 }])
  client.release()
})
