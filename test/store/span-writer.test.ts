// What a request is told for each thing that a server may say, and what becomes of those that share its transaction.
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { SpanWriter } from '../../src/store/span-writer.ts'
import { batchOf, type Sent, said, scriptedPool } from './scripted-pool.ts'

const MiB = 1024 * 1024
const silent = { committed() {}, failed() {} }
/** What a write ends with: how many rows were refused, or the error. */
const outcome = (write: Promise<number>) =>
  write.catch((error: NodeJS.ErrnoException) => error.code ?? error.name)
const holds = (text: string) => (sent: Sent) => sent.feeds.some((feed) => feed.includes(text))

t.test(
  'a bad row costs only itself: its neighbours are stored, in its request and in its group',
  async (t) => {
    const { pool, sent } = scriptedPool((one) => (holds('<bad')(one) ? said('22021') : null))
    const failed: string[] = []
    const writer = new SpanWriter(pool, { committed() {}, failed: (reason) => void failed.push(reason) })
    const requests = [['a1', 'a2'], ['b1', 'bad 1', 'b2', 'bad 2', 'b3'], ['c1'], ['d1', 'd2']]
    const told = await Promise.all(requests.map((rows) => writer.write(batchOf(rows).batch)))
    t.strictSame(told, [0, 2, 0, 0])
    t.equal(sent[0]?.feeds[0]?.match(/<\w/g)?.length, 10, 'all of them were one transaction at first')
    const stored = sent.filter((one) => !holds('<bad')(one))
    for (const row of ['a1', 'a2', 'b1', 'b2', 'b3', 'c1', 'd1', 'd2']) {
      t.equal(stored.filter(holds(`<${row}>`)).length, 1, `${row} is stored once`)
      t.ok(stored.find(holds(`<${row}>`))?.sql.includes('copy dirty_traces'), 'and its trace is marked')
    }
    t.ok(stored.filter(holds('<b')).every(holds('<mark of b1>')))
    t.strictSame([...new Set(failed)], ['data'])
  },
)

t.test('what was made with an old view is to be made anew, at whatever point that shows', async (t) => {
  for (const outdated of [said('WT001'), said('23514')]) {
    const { pool } = scriptedPool(() => outdated)
    t.equal(await outcome(new SpanWriter(pool, silent).write(batchOf(['a']).batch)), 'Outdated')
    const later = scriptedPool((one) => (holds('<bad>')(one) && holds('<a>')(one) ? said('22021') : outdated))
    t.equal(await outcome(new SpanWriter(later.pool, silent).write(batchOf(['a', 'bad']).batch)), 'Outdated')
  }
  const checked = scriptedPool(() => said('23514', { severity: 'ERROR', constraint: 'a_check' }))
  t.equal(await outcome(new SpanWriter(checked.pool, silent).write(batchOf(['a']).batch)), 1, 'a bad row')
})

t.test('the oldest view of erasures in a group is the one that is looked at', async (t) => {
  const { pool, sent } = scriptedPool(() => null)
  const writer = new SpanWriter(pool, silent)
  await Promise.all([7n, 3n, 10n].map((known) => writer.write(batchOf(['a'], { known }).batch)))
  t.equal(sent.length, 1)
  t.match(sent[0]?.sql, /^select erasures_unchanged\(3\);/)
})

t.test('spans that are there already are merged in one transaction, marks and all', async (t) => {
  const { pool, sent } = scriptedPool(({ sql }) => (/copy spans/.test(sql) ? said('23505') : null))
  t.equal(await new SpanWriter(pool, silent).write(batchOf(['a', 'b'], { known: 4n }).batch), 0)
  t.equal(sent.length, 2)
  t.match(
    sent[1]?.sql,
    /^select erasures_unchanged\(4\); copy span_stage .*; copy dirty_traces .*insert into spans/s,
  )
  t.match(sent[1]?.feeds, [/<a><b>/, /<mark of a>/])
})

t.test('a deadlock is tried again, through the stage, after a pause; not for ever', async (t) => {
  let deadlocks = 3
  const times: number[] = []
  const { pool, sent } = scriptedPool(() => {
    times.push(performance.now())
    return deadlocks-- > 0 ? said('40P01') : null
  })
  const { batch, abandoned } = batchOf(['a'])
  t.equal(await new SpanWriter(pool, silent).write(batch), 0)
  t.strictSame(
    sent.map(({ sql }) => /copy (\w+)/.exec(sql)?.[1]),
    ['spans', 'span_stage', 'span_stage', 'span_stage'],
  )
  t.ok((times[3] as number) - (times[0] as number) >= 500, 'longer each time')
  t.ok(abandoned.times > 0, 'a connection on which something failed may go on reading the rows')
  deadlocks = Number.POSITIVE_INFINITY
  t.equal(await outcome(new SpanWriter(pool, silent).write(batchOf(['a']).batch)), 'TRACE_STORE_UNAVAILABLE')
})

t.test('a connection that broke is given up, and the work done once more on another', async (t) => {
  for (const [error, end, tries] of [
    [said('ECONNRESET', {}), 'given up', 2],
    [said('57P01', { severity: 'FATAL' }), 'given up', 2],
    [new Error('Query read timeout'), 'given up', 1],
    [said('57014'), 'kept', 1],
    [said('53100'), 'kept', 1],
    [said('25006'), 'kept', 1],
  ] as const) {
    const { pool, sent, released } = scriptedPool(() => error)
    const { batch, abandoned } = batchOf(['a', 'b'])
    t.equal(await outcome(new SpanWriter(pool, silent).write(batch)), 'TRACE_STORE_UNAVAILABLE')
    t.equal(sent.length, tries, `${error.message}: nothing is taken apart`)
    t.strictSame(released, Array(tries).fill(end), error.message)
    t.ok(abandoned.times > 0)
  }
  let broken = 1
  const { pool } = scriptedPool(() => (broken-- > 0 ? said('ECONNRESET', {}) : null))
  const { batch, abandoned } = batchOf(['a'])
  t.equal(await new SpanWriter(pool, silent).write(batch), 0)
  t.ok(abandoned.times > 0, 'the first connection may still be sending these rows')
  const well = batchOf(['a'])
  await new SpanWriter(scriptedPool(() => null).pool, silent).write(well.batch)
  t.equal(well.abandoned.times, 0, 'rows that were stored may be written over')
})

t.test('what waits is bounded in bytes, and counted until it is taken', async (t) => {
  let go = () => {}
  const free = new Promise<null>((resolve) => (go = () => resolve(null)))
  const { pool } = scriptedPool(() => free)
  const writer = new SpanWriter(pool, silent)
  const write = () => writer.write(batchOf(['a'], { bytes: 4 * MiB }).batch)
  // two writers take two each
  const taken = Array.from({ length: 4 }, write)
  await wait(20)
  const waiting = Array.from({ length: 17 }, write)
  t.equal(await outcome(write()), 'TRACE_OVERLOADED')
  go()
  t.strictSame(await Promise.all([...taken, ...waiting]), Array(21).fill(0))
  t.equal(await write(), 0, 'there is room again')
})

t.test('large requests that wait for each other refuse other large ones, and no small one', async (t) => {
  let go = () => {}
  const free = new Promise<null>((resolve) => (go = () => resolve(null)))
  const { pool } = scriptedPool((one) => (holds('<large>')(one) ? free : null))
  const writer = new SpanWriter(pool, silent)
  const large = () => writer.write(batchOf(['large'], { bytes: 9 * MiB }).batch)
  const both = [large(), large()]
  await wait(3_100)
  t.equal(await writer.write(batchOf(['small']).batch), 0)
  t.equal(await outcome(large()), 'TRACE_OVERLOADED')
  go()
  t.strictSame(await Promise.all(both), [0, 0])
})
