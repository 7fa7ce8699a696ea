import t from 'tap'
import { span } from '../helpers/span.ts'
import { openStream, told } from './live-client.ts'
import { begun, id, listening } from './live-execution.ts'
import { realService } from './real-service.ts'

t.test('a span that is written appears within two seconds; the end ends the stream', async (t) => {
  const { stream, write } = await begun(t)
  const client = await openStream(stream)
  t.equal(client.status, 200)
  t.match(client.headers.get('content-type'), /^text\/event-stream/)
  t.match((await client.until((one) => one.event === 'summary')).data, { status: 'running', span_count: 1 })
  t.same(told(client.events), [], 'what was there before is not news')

  const began = Date.now()
  await write(span('1', 'b', 'a'))
  const { data } = await client.until((one) => one.event === 'spans')
  t.ok(Date.now() - began < 2_000, `${Date.now() - began} ms`)
  t.match(data, {
    total: 2,
    rows: [1],
    columns: { span_id: [id('b')], depth: [1], name: ['span b'], state: ['ok'] },
  })

  await write(span('1', 'a', null, { executionId: 'run', workflowId: 'wf' }))
  const complete = await client.until((one) => one.event === 'complete')
  t.match(complete.data, { status: 'completed', complete: true, span_count: 2 })
  await client.ended
  t.same(told(client.events), [id('b'), id('a')])

  const again = await openStream(stream)
  await again.until((one) => one.event === 'complete')
  await again.ended
})

t.test('a stream that is cut and resumed loses and repeats nothing', async (t) => {
  const { stream, write } = await begun(t)
  const first = await openStream(stream)
  await first.until((one) => one.event === 'summary')
  await write(span('1', 'b', 'a'))
  await first.until((one) => told([one]).includes(id('b')))
  const last = await first.until((one) => one.event === 'summary' && one.data.span_count === 2)
  first.cut()
  await write(span('1', 'c', 'a'))
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  await write(span('1', 'd', 'c'))
  const second = await openStream(stream, {}, { 'last-event-id': String(last.id) })
  await second.until((one) => told([one]).includes(id('d')))
  await write(span('1', 'e', 'a'))
  await second.until((one) => told([one]).includes(id('e')))
  t.same([...told(first.events), ...told(second.events)], ['b', 'c', 'd', 'e'].map(id))
  second.cut()
})

t.test('what came between the skeleton and the stream is told, by another process, too', async (t) => {
  const { service, url, stream, write } = await begun(t)
  const page = await service.as(
    { scope: 'traces:read' },
    'GET',
    `${new URL(url).pathname}/trace?view=skeleton`,
  )
  await write(span('1', 'b', 'a'))
  const client = await openStream(`${stream}?since=${page.json.execution.stream_from}`)
  await client.until((one) => told([one]).includes(id('b')))
  client.cut()
  const odd = await openStream(`${stream}?since=nonsense`)
  await odd.until((one) => one.event === 'reset')
  t.match((await odd.until((one) => one.event === 'summary')).data, { span_count: 2 })
  await write(span('1', 'c', 'a'))
  await odd.until((one) => told([one]).includes(id('c')))
  odd.cut()
})

t.test('a stream goes on in another process and loses nothing', async (t) => {
  const { service, stream, write } = await begun(t)
  const { stream: elsewhere } = await listening(await realService(t, {}, service.database))
  const first = await openStream(stream)
  await first.until((one) => one.event === 'summary')
  await write(span('1', 'b', 'a'))
  await first.until((one) => told([one]).includes(id('b')))
  const { id: last } = await first.until((one) => one.event === 'summary' && one.data.span_count === 2)
  first.cut()
  await write(span('1', 'c', 'a'))
  // by a process whose clock is late, or which was slow to commit
  await service.database.work.query(
    `update spans set received_at = now() - interval '1 hour' where name = 'span c'`,
  )
  const second = await openStream(elsewhere, {}, { 'last-event-id': String(last) })
  await second.until((one) => told([one]).includes(id('c')))
  await write(span('1', 'd', 'a'))
  await second.until((one) => told([one]).includes(id('d')))
  t.notOk(second.events.some((one) => one.event === 'reset'))
  const { id: later } = second.events.at(-1) as { id?: string }
  second.cut()

  // a trace that waited, stored before, comes to the execution: only reading again can tell
  await write(span('2', 'f', 'e'))
  const between = await openStream(elsewhere, {}, { 'last-event-id': String(later) })
  const { id: here } = await between.until((one) => one.event === 'summary')
  between.cut()
  await write(span('2', 'e', null, { executionId: 'run', workflowId: 'wf' }))
  const third = await openStream(stream, {}, { 'last-event-id': String(here) })
  t.match((await third.until((one) => one.event === 'reset')).data, { tree_version: /^-?\d+$/ })
  third.cut()
})

t.test('watchers of one execution share one look', async (t) => {
  const { service, stream } = await begun(t)
  let looks = 0
  const { read } = service.store
  const again = read.again.bind(read)
  read.again = (found) => {
    looks++
    return again(found)
  }
  const clients = await Promise.all(Array.from({ length: 8 }, () => openStream(stream)))
  await Promise.all(clients.map((client) => client.until((one) => one.event === 'summary')))
  looks = 0
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  t.ok(looks >= 1 && looks <= 3, `${looks} looks in 2.5 s for eight watchers`)
  for (const client of clients) client.cut()
})

t.test('a row that counts no more, for a call came below it, is told again', async (t) => {
  const { stream, write } = await begun(t)
  const call = { kind: 'llm', tokens: { ...span('1', 'x', null).tokens, input: 5, output: 1 } } as const
  const client = await openStream(stream)
  await client.until((one) => one.event === 'summary')
  await write(span('1', 'b', 'a', call))
  const first = await client.until((one) => told([one]).includes(id('b')))
  t.same(first.data.columns.counted, [true])
  await write(span('1', 'c', 'b', call))
  const second = await client.until((one) => told([one]).includes(id('c')))
  t.same(second.data.columns.span_id, ['b', 'c'].map(id))
  t.same(second.data.columns.counted, [false, true])
  client.cut()
})
