import { createHash } from 'node:crypto'
import t from 'tap'
import { createRunner, type LogLine } from '../../src/runner/index.ts'
import { json, need, nobody, Receiver } from './receiver.ts'

async function setup(test: Pick<typeof t, 'teardown'>) {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  const lines: LogLine[] = []
  const runner = createRunner({ endpoint, serviceName: 'test', log: (line) => void lines.push(line) })
  test.teardown(async () => {
    await runner.shutdown({ timeoutMs: 200 })
    await receiver.close()
  })
  return { receiver, endpoint, runner, lines }
}

t.test('a downstream call carries the trace context and has its span', async (t) => {
  const { receiver, endpoint, runner } = await setup(t)
  receiver.answer = ({ path }) => ({ status: path.startsWith('/missing') ? 404 : 200 })
  await runner.execution({ workflowId: 'wf' }, async (execution) => {
    const response = await runner.fetch(`${endpoint}/tickets/7?full=1`, {
      method: 'post',
      headers: { 'x-own': 'kept' },
      body: 'hello',
    })
    t.equal(response.status, 200)
    t.equal((await runner.fetch(new URL(`${endpoint}/missing`))).status, 404)
    await t.rejects(runner.fetch(await nobody()), TypeError)
    t.equal(runner.inject().traceparent, `00-${execution.traceId}-${execution.spanId}-01`)
  })
  const outside = await runner.fetch(`${endpoint}/outside`)
  t.equal(outside.status, 200)
  await runner.shutdown()

  const call = receiver.requests.find((request) => request.path.startsWith('/tickets'))
  const spans = receiver.spans.filter((span) => span.attributes.get('workflow.span.kind') === 'downstream')
  const [ok, missing, away] = spans
  t.equal(spans.length, 3, 'none outside of an execution')
  t.equal(call?.headers.traceparent, `00-${ok?.traceId}-${ok?.spanId}-01`)
  t.equal(call?.headers['x-own'], 'kept')
  t.equal(call?.body.toString(), 'hello')
  t.equal(receiver.requests.find((request) => request.path === '/outside')?.headers.traceparent, undefined)
  t.equal(ok?.name, 'POST')
  t.equal(ok?.kind, 3)
  t.equal(ok?.attributes.get('http.request.method'), 'POST')
  t.equal(ok?.attributes.get('url.full'), `${endpoint}/tickets/7?full=1`)
  t.equal(ok?.attributes.get('server.address'), '127.0.0.1')
  t.equal(ok?.attributes.get('server.port'), BigInt(new URL(endpoint).port))
  t.equal(ok?.attributes.get('http.response.status_code'), 200n)
  t.equal(ok?.statusCode, 0)
  t.same([missing?.statusCode, missing?.attributes.get('error.type')], [2, '404'])
  t.same([away?.statusCode, away?.attributes.get('error.type')], [2, 'ECONNREFUSED'])
})

t.test('a call that comes in is continued, and executions nest as sub-workflows', async (t) => {
  const { receiver, runner } = await setup(t)
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const parentHeaders = { traceparent: `00-${traceId}-b7ad6b7169203331-00` }
  await runner.execution({ workflowId: 'outer', parentHeaders }, () =>
    runner.execution({ workflowId: 'inner', executionId: 'own' }, () => 1),
  )
  await runner.shutdown()
  const outer = need(receiver.ended.get('outer'))
  const inner = need(receiver.ended.get('inner'))
  t.equal(outer.traceId, traceId)
  t.equal(outer.parentSpanId, 'b7ad6b7169203331')
  t.equal(outer.flags & 0x200, 0x200, 'the parent is remote')
  t.equal(inner.parentSpanId, outer.spanId)
  t.equal(inner.attributes.get('workflow.execution.id'), 'own')
})

t.test('artifacts are named on the span, and their bytes are uploaded', async (t) => {
  const { receiver, runner, lines } = await setup(t)
  let failures = 1
  receiver.answer = ({ method }) => ({ status: method === 'PUT' && failures-- > 0 ? 503 : 201 })
  const bytes = Buffer.from('a,b\n1,2\n')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await runner.execution({ workflowId: 'wf', executionId: 'ex/1' }, (execution) => {
    execution.artifact({
      id: 'report',
      name: 'Größe 1.csv',
      mediaType: 'text/csv',
      bytes: new Uint8Array(bytes),
    })
    execution.artifact({ id: 'elsewhere', size: 5 })
  })
  await runner.shutdown()
  const root = need(receiver.ended.get('wf'))
  t.same(json(root.attributes.get('workflow.artifacts')), [
    { id: 'report', name: 'Größe 1.csv', media_type: 'text/csv', size: 8, sha256 },
    { id: 'elsewhere', name: null, media_type: null, size: 5, sha256: null },
  ])
  const uploads = receiver.requests.filter((request) => request.method === 'PUT')
  t.equal(uploads.length, 2, 'tried again after 503')
  const upload = uploads[1]
  t.equal(upload?.path, '/api/executions/ex%2F1/artifacts/report')
  t.same(upload?.body, bytes)
  t.equal(upload?.headers['content-type'], 'text/csv')
  t.equal(upload?.headers['x-artifact-name'], encodeURIComponent('Größe 1.csv'))
  t.equal(upload?.headers['x-workflow-id'], 'wf')
  t.equal(upload?.headers['x-span-id'], root.spanId)
  t.same(lines, [])
})

t.test('an upload that is refused is one warning', async (t) => {
  const { receiver, runner, lines } = await setup(t)
  receiver.answer = ({ method }) => ({ status: method === 'PUT' ? 404 : 200 })
  await runner.execution({ workflowId: 'wf' }, (execution) => {
    for (const id of ['a', 'b', 'c']) execution.artifact({ id, bytes: 'text' })
  })
  await runner.shutdown()
  t.equal(receiver.requests.filter((request) => request.method === 'PUT').length, 3)
  t.match(lines, [{ level: 'warn', message: /HTTP 404/ }])
})
