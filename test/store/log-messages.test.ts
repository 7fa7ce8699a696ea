import t from 'tap'
import type { SpanLog } from '../../src/model/log.ts'
import { spanKey } from '../../src/store/load-spans.ts'
import { someTimeNs, span } from '../helpers/span.ts'
import { reader, testStore } from '../helpers/store.ts'

const writer = { workspace: 'default', workflows: ['*'] }
const eraser = { workspace: 'default', subject: 'officer', workflows: ['*'] }

const words = (turn: number) => `message ${turn} "quoted" ☃ `.repeat(20)

/** Call `turn` of an agent, and everything so far as one log record each. */
function turnOf(trace: string, turn: number, execution: string) {
  const call = span(trace, (turn + 1).toString(16), null, {
    kind: 'llm',
    executionId: execution,
    startNs: someTimeNs + BigInt(turn) * 1_000_000n,
  })
  const logs = Array.from(
    { length: turn + 1 },
    (_, index): SpanLog => ({
      traceId: call.traceId,
      spanId: call.spanId,
      timeNs: call.startNs + BigInt(index),
      severity: 9,
      name: index % 2 === 0 ? 'gen_ai.user.message' : 'gen_ai.assistant.message',
      body: new Map([['content', words(index)]]),
      attributes: new Map([['gen_ai.system', 'openai']]),
      droppedAttributesCount: 0,
    }),
  )
  return { call, logs }
}

t.test('a history that comes as log records is stored once, and is read whole', async (t) => {
  const { store, database } = await testStore(t)
  const turns = Array.from({ length: 40 }, (_, turn) => turnOf('a7', turn, 'agent'))
  for (const { call, logs } of turns) {
    await store.writeLogs(writer, logs)
    await store.writeSpans(writer, [call])
  }
  const { value: found } = await store.read.execution(reader(), 'agent')
  const realm = found?.execution.realm ?? 0
  const calls = turns.map(({ call }) => call)
  const loaded = await store.read.spans(realm, calls)
  for (const { call, logs } of turns) t.strictSame(loaded.get(spanKey(call))?.logs, logs)

  const one = async (sql: string) => (await database.ingest.query(sql)).rows[0]
  const { rows, days } = await one(
    'select count(*)::int as rows, count(distinct day)::int as days from messages',
  )
  t.equal(rows, 40, 'one for each message of the conversation')
  t.equal(days, 1)
  const { bytes } = await one('select sum(length(body::text))::int as bytes from span_logs')
  t.ok(bytes < 820 * 120, `${bytes} characters for 820 records of ${words(1).length}`)

  await store.writeLogs(writer, turns[39]?.logs ?? [])
  t.equal(
    (await one('select count(*)::int as rows from messages')).rows,
    40,
    'sent again: nothing is written',
  )
})

t.test('a list of a whole history in one record is stored in parts', async (t) => {
  const { store, database } = await testStore(t)
  const history = (length: number) =>
    Array.from(
      { length },
      (_, index) =>
        new Map([
          ['role', 'user'],
          ['content', words(index)],
        ]),
    )
  const sent = Array.from({ length: 50 }, (_, turn) => {
    const { call, logs } = turnOf('a8', turn, 'details')
    const [record] = logs
    return {
      call,
      log: {
        ...record,
        body: null,
        attributes: new Map([['gen_ai.input.messages', history(turn + 1)]]),
      } as SpanLog,
    }
  })
  for (const { call, log } of sent) {
    await store.writeSpans(writer, [call])
    await store.writeLogs(writer, [log])
  }
  const { value: found } = await store.read.execution(reader(), 'details')
  const loaded = await store.read.spans(
    found?.execution.realm ?? 0,
    sent.map(({ call }) => call),
  )
  for (const { call, log } of sent) t.strictSame(loaded.get(spanKey(call))?.logs, [log])
  const { bytes } = (
    await database.ingest.query(
      'select (select sum(length(body)) from messages) + (select sum(length(body::text)) from span_logs) as bytes',
    )
  ).rows[0]
  t.ok(Number(bytes) < 50 * words(1).length * 6, `${bytes} characters`)
})

t.test('what log records refer to goes with the last of them', async (t) => {
  const { store, database } = await testStore(t)
  const count = async () =>
    (await database.ingest.query('select count(*)::int as count from messages')).rows[0].count
  // two executions of one trace, of which one says what the other says
  const kept = turnOf('b1', 0, 'kept')
  const gone = turnOf('b1', 1, 'gone')
  for (const { call, logs } of [kept, gone]) {
    await store.writeSpans(writer, [call])
    await store.writeLogs(writer, logs)
  }
  t.equal(await count(), 2)
  t.ok(await store.erase(eraser, 'gone', null))
  t.equal(await count(), 1, 'the message that only the erased one said')
  const { value: found } = await store.read.execution(reader(), 'kept')
  const loaded = await store.read.spans(found?.execution.realm ?? 0, [kept.call])
  t.strictSame(loaded.get(spanKey(kept.call))?.logs, kept.logs)
  t.ok(await store.erase(eraser, 'kept', null))
  t.equal(await count(), 0)
})

t.test(
  'a record without a day keeps what it says, exceptions too, and what lost its parts says so',
  async (t) => {
    const { store, database } = await testStore(t)
    const { call, logs } = turnOf('c1', 1, 'odd')
    const [first, second] = logs as [SpanLog, SpanLog]
    const undated = { ...first, timeNs: 0n }
    const failed = { ...second, attributes: new Map([['exception.type', words(3)]]) }
    await store.writeSpans(writer, [call])
    await store.writeLogs(writer, [undated, failed])
    const messages = async () => (await database.ingest.query('select from messages')).rowCount
    t.equal(await messages(), 0)
    await store.writeLogs(writer, [second])
    t.equal(await messages(), 1)
    await database.ingest.query('delete from messages')
    const { value: found } = await store.read.execution(reader(), 'odd')
    const loaded = await store.read.spans(found?.execution.realm ?? 0, [call])
    const [a, b, c] = loaded.get(spanKey(call))?.logs ?? []
    t.strictSame(
      [a, b, c].filter((log) => log?.attributes.has('exception.type')),
      [failed],
    )
    t.strictSame(a, undated)
    t.match([b, c].find((log) => typeof log?.body === 'string')?.body, /is gone/)
  },
)
