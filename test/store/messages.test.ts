import fc from 'fast-check'
import t from 'tap'
import type { AttributeValue } from '../../src/model/attributes.ts'
import type { Span } from '../../src/model/span.ts'
import { spanKey } from '../../src/store/load-spans.ts'
import { cut } from '../../src/store/message-parts.ts'
import { someTimeNs, span } from '../helpers/span.ts'
import { reader, testStore } from '../helpers/store.ts'

const writer = { workspace: 'default', workflows: ['*'] }

const message = (turn: number) => ({
  role: turn % 2 === 0 ? 'user' : 'assistant',
  content: `message ${turn} "quoted" ☃ `.repeat(20),
})

/** Call `turn` of an agent that sends everything so far. */
const call = (turn: number, over: Partial<Span> = {}) =>
  span('a9', (turn + 1).toString(16), null, {
    kind: 'llm',
    executionId: 'agent',
    startNs: someTimeNs + BigInt(turn) * 1_000_000n,
    content: new Map<string, AttributeValue>([
      ['gen_ai.input.messages', JSON.stringify(Array.from({ length: turn + 1 }, (_, i) => message(i)))],
      ['structured', Array.from({ length: turn + 1 }, (_, i) => new Map(Object.entries(message(i))))],
      ['__proto__', 'own'],
    ]),
    ...over,
  })

async function stored(store: Awaited<ReturnType<typeof testStore>>['store'], spans: readonly Span[]) {
  const { value: found } = await store.read.execution(reader(), 'agent')
  t.not(found, null)
  const loaded = await store.read.spans(found?.execution.realm ?? 0, spans)
  return spans.map((one) => loaded.get(spanKey(one)))
}

t.test('a conversation that grows is stored once, and every call is read whole', async (t) => {
  const { store, database } = await testStore(t)
  const turns = 60
  const calls = Array.from({ length: turns }, (_, turn) => call(turn))
  for (const one of calls) await store.writeSpans(writer, [one])
  const back = await stored(store, calls)
  for (const [turn, one] of back.entries()) t.strictSame(one?.content, calls[turn]?.content)
  const bytes = async (sql: string) => Number((await database.ingest.query(sql)).rows[0].sum)
  const messages = await bytes('select sum(length(body)) from messages')
  const content = await bytes('select sum(length(content::text)) from spans')
  const once = JSON.stringify(calls.at(-1)?.content.get('gen_ai.input.messages')).length * 2
  t.ok(messages + content < once * 4, `${messages} + ${content} characters for ${once} that differ`)
  const { rows } = await database.ingest.query(
    'select count(*), count(distinct (trace_id, hash)) as once from messages',
  )
  t.equal(rows[0].count, rows[0].once)
})

t.test('the same span sent again writes nothing, stored by reference or not', async (t) => {
  const { store, database } = await testStore(t)
  const read = async () =>
    (await database.ingest.query('select xmin::text, rank from spans order by span_id')).rows
  const calls = [call(10), call(11)]
  await store.writeSpans(writer, calls)
  const first = await read()
  // now every value came before: all of it would be stored by reference
  await store.writeSpans(writer, calls)
  t.strictSame(await read(), first)
  t.strictSame(
    (await stored(store, calls)).map((one) => one?.content),
    calls.map((one) => one.content),
  )
})

t.test('spans of one trace share across realms nothing', async (t) => {
  const { store, database } = await testStore(t)
  for (const workflows of [['a'], ['b']]) {
    for (const turn of [10, 11, 12]) await store.writeSpans({ workspace: 'default', workflows }, [call(turn)])
  }
  const { rows } = await database.ingest.query(
    'select count(*)::int as rows, count(distinct realm)::int as realms, count(distinct hash)::int as bodies from messages',
  )
  t.equal(rows[0].realms, 2)
  t.ok(rows[0].rows > rows[0].bodies)
})

t.test('content is found by search wherever it is stored; a lost part does not hide the rest', async (t) => {
  const { store, database } = await testStore(t)
  const calls = [call(10), call(11), call(12)]
  for (const one of calls) await store.writeSpans(writer, [one])
  const { value: found } = await store.read.execution(reader(), 'agent')
  if (found === null) throw new Error('no execution')
  const search = { kinds: null, statuses: null, text: 'Message 3 "quoted"', content: true }
  const candidates = await store.read.search(found, calls, search)
  t.equal(candidates.length, 3)
  for (const { content } of candidates) t.match(String(content.get('gen_ai.input.messages')), /message 3 /)
  await database.ingest.query(
    `delete from messages where ctid = (select ctid from messages where body like '%message 3 %' limit 1)`,
  )
  const [, , last] = await stored(store, calls)
  const text = String(last?.content.get('gen_ai.input.messages'))
  t.match(text, /message 0 /)
  t.match(text, /a part of this value is gone/)
})

t.test('parts join to the text, and a longer text has the same parts first', (t) => {
  const text = fc.array(fc.record({ role: fc.string(), content: fc.string({ maxLength: 600 }) }), {
    maxLength: 20,
  })
  fc.assert(
    fc.property(text, (messages) => {
      const shorter = JSON.stringify(JSON.stringify(messages.slice(0, -1)))
      const longer = JSON.stringify(JSON.stringify(messages))
      if (cut(longer).join('') !== longer || cut(shorter).join('') !== shorter) return false
      const kept = cut(shorter).slice(0, -3)
      return kept.every((part, index) => part === cut(longer)[index])
    }),
  )
  t.end()
})
