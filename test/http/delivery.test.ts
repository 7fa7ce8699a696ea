import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { realService } from './real-service.ts'

/** Delivery as exporters do it: again, twice, in pieces, out of order. Over HTTP into Postgres. */
const nowNs = BigInt(Date.now()) * 1_000_000n
const id = (n: number) => n.toString(16).padStart(16, '0')
const trace = (n: number) => n.toString(16).padStart(32, '0')
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const span = (n: number, parent: number | null, over: object = {}) => ({
  traceId: trace(1),
  spanId: id(n),
  parentSpanId: parent === null ? '' : id(parent),
  name: `s${n}`,
  startTimeUnixNano: `${nowNs + BigInt(n)}`,
  endTimeUnixNano: `${nowNs + 1_000_000n}`,
  ...over,
})
const batch = (...spans: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })

async function door(t: Test) {
  const service = await realService(t)
  const send = (body: string, claims: object = {}) =>
    service.as({ scope: 'traces:write', ...claims }, 'POST', '/v1/traces', body, {
      'content-type': 'application/json',
    })
  const tree = async (execution: string, claims: object = {}) =>
    (
      await service.as(
        { scope: 'traces:read content:read', ...claims },
        'GET',
        `/api/executions/${execution}/trace`,
      )
    ).json
  const rows = async () =>
    (await service.database.read.query('select trace_id, span_id, name, xmin::text from spans order by 1, 2'))
      .rows
  return { ...service, send, tree, rows }
}

t.test('D1: ten times the same batch at once: the same rows, not written again', async (t) => {
  const { send, rows } = await door(t)
  const body = batch(...Array.from({ length: 30 }, (_, i) => span(i + 1, i === 0 ? null : 1)))
  t.equal((await send(body)).text, '{}')
  const first = await rows()
  for (const answer of await Promise.all(Array.from({ length: 10 }, () => send(body)))) {
    t.equal(answer.text, '{}', 'a repetition is full success')
  }
  t.strictSame(await rows(), first)
})

t.test('D2: a span twice in one request: one row, whatever the order', async (t) => {
  const { send, rows } = await door(t)
  const running = (n: number) => span(n, null, { endTimeUnixNano: '0', name: 'running' })
  const ended = (n: number) => span(n, null, { name: 'ended', attributes: [text('more', 'said')] })
  t.equal((await send(batch(running(1), ended(1), ended(2), running(2)))).text, '{}')
  t.strictSame(
    (await rows()).map(({ name }) => name),
    ['ended', 'ended'],
  )
})

t.test('D3: children before their parent, and a parent that never comes', async (t) => {
  const { send, tree } = await door(t)
  t.equal((await send(batch(span(3, 2), span(9, 8)))).status, 200)
  t.equal((await send(batch(span(1, null), span(2, 1)))).status, 200)
  const { spans } = await tree(trace(1))
  const parents = new Map(
    spans.map((one: { name: string; parent_span_id: string }) => [one.name, one.parent_span_id]),
  )
  t.equal(parents.get('s3'), id(2))
  t.equal(parents.get('s2'), id(1))
  t.ok(parents.has('s9'), 'an orphan is shown')
  const summary = await tree(`${trace(1)}`)
  t.ok(summary.spans.length >= 4)
})

t.test('D4: the root comes last, and names the execution of all', async (t) => {
  const { send, tree } = await door(t)
  const child = span(2, 1, { attributes: [text('service.version', 'child')] })
  t.equal((await send(batch(child))).status, 200)
  const attributes = [text('orcheo.execution.id', 'late'), text('orcheo.workflow.id', 'wf')]
  t.equal((await send(batch(span(1, null, { name: 'root', attributes })))).status, 200)
  const { execution, spans } = await tree('late')
  t.equal(execution.id, 'late')
  t.equal(spans.length, 2)
})

t.test('D5: cycles, self-parents, two roots: every span is in the tree once', async (t) => {
  const { send, tree } = await door(t)
  const spans = [span(1, null), span(2, null), span(3, 4), span(4, 3), span(5, 5), span(6, 5)]
  const withBadId = span(0, null)
  const answer = await send(batch(...spans, withBadId))
  t.equal(answer.json.partialSuccess.rejectedSpans, '1', 'an id of zeros')
  const names = (await tree(trace(1))).spans.map((one: { name: string }) => one.name)
  t.strictSame(names.filter((name: string) => /^s\d$/.test(name)).sort(), [
    's1',
    's2',
    's3',
    's4',
    's5',
    's6',
  ])
})

t.test('D6: equal ids of other traces and other grants stay apart', async (t) => {
  const { send, tree, rows } = await door(t)
  await send(batch(span(1, null, { name: 'one' }), span(1, null, { name: 'two', traceId: trace(2) })))
  await send(batch(span(1, null, { name: 'thief' })), { workflows: ['other'] })
  t.strictSame((await rows()).map(({ name }) => name).sort(), ['one', 'thief', 'two'])
  const mine = await tree(trace(2))
  t.match(
    mine.spans.map((one: { name: string }) => one.name),
    ['two'],
  )
})

t.test('D7: split in another way by a retry: the same rows', async (t) => {
  const { send, rows } = await door(t)
  const spans = Array.from({ length: 24 }, (_, i) => span(i + 1, i === 0 ? null : 1))
  t.equal((await send(batch(...spans))).status, 200)
  const first = await rows()
  for (const size of [1, 5, 24]) {
    for (let from = 0; from < spans.length; from += size) {
      t.equal((await send(batch(...spans.slice(from, from + size).reverse()))).text, '{}')
    }
  }
  t.strictSame(await rows(), first)
})

t.test('D8: a partial success is exact, and short', async (t) => {
  const { send, rows } = await door(t)
  const bad = Array.from({ length: 50 }, (_, i) => span(i + 1, null, { spanId: 'ff' }))
  const { status, json } = await send(batch(...bad, span(99, null)))
  t.equal(status, 200)
  t.equal(json.partialSuccess.rejectedSpans, '50')
  t.ok(json.partialSuccess.errorMessage.length <= 1024)
  t.equal((await rows()).length, 1)
})

t.test('D9: the answer waits for the COMMIT', async (t) => {
  const { send, rows, database } = await door(t)
  await send(batch(span(1, null)))
  const blocker = new pg.Client({ connectionString: database.url })
  await blocker.connect()
  t.teardown(() => blocker.end())
  await blocker.query('begin; lock table spans in access exclusive mode')
  let answered = false
  const sent = send(batch(span(2, 1))).then((answer) => {
    answered = true
    return answer
  })
  await wait(700)
  t.notOk(answered, 'nothing is acknowledged that is not stored')
  await blocker.query('rollback')
  t.equal((await sent).status, 200)
  t.equal((await rows()).length, 2)
})
