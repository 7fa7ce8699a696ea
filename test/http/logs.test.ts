import { readFileSync } from 'node:fs'
import t from 'tap'
import { span } from '../helpers/span.ts'
import { type RealService, realService, written } from './real-service.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/otlp/opentelemetry-instrumentation-openai${name}.json`, import.meta.url))
const everything = { scope: 'traces:write traces:read content:read' }
const json = { 'content-type': 'application/json' }
const trace = 'c2172ac3e03711ef1c306e7c0c8395e1'
const second = `/api/executions/${trace}/spans/82de4c779060d2ed`

type Ask = Pick<RealService, 'as'>
const post = ({ as }: Ask, signal: string, body: Buffer | string, claims = {}) =>
  as({ ...everything, ...claims }, 'POST', `/v1/${signal}`, body, json)
const get = ({ as }: Ask, path: string, claims = {}) => as({ ...everything, ...claims }, 'GET', path)

const record = (over: object) => ({
  traceId: 'a'.padStart(32, '0'),
  spanId: 'b'.padStart(16, '0'),
  timeUnixNano: '1790000000000000000',
  ...over,
})
const logs = (...logRecords: object[]) => JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const exception = [
  attribute('exception.type', 'ValueError'),
  attribute('exception.message', 'the model said no'),
  attribute('exception.stacktrace', 'ValueError: the model said no\n    at work'),
]

t.test('the captured log records show the prompts, whichever signal comes first', async (t) => {
  for (const order of [
    ['traces', 'logs'],
    ['logs', 'traces'],
  ]) {
    const service = await realService(t)
    for (const signal of order) {
      const sent = await post(service, signal, fixture(signal === 'logs' ? '.logs' : ''))
      t.equal(sent.text, '{}')
    }
    const { json: detail } = await get(service, second)
    t.strictSame(
      detail.input.messages.map(({ role }: { role: string }) => role),
      ['system', 'user', 'assistant', 'tool'],
    )
    t.match(detail.input.messages, [
      { parts: [{ type: 'text', content: 'You are terse.' }] },
      { parts: [{ type: 'text', content: 'What is the weather in Paris?' }] },
      { parts: [{ type: 'tool_call' }] },
      { parts: [{ type: 'tool_result' }] },
    ])
    t.match(detail.output.messages, [{ role: 'assistant', finish_reason: 'stop' }])
    const { json: canvas } = await get(service, `/api/executions/${trace}/trace`)
    const row = canvas.spans.find((row: { span_id: string }) => row.span_id === '82de4c779060d2ed')
    t.match(row.attributes['input.value'], /What is the weather in Paris/)
    const hidden = await get(service, second, { scope: 'traces:read' })
    t.notMatch(hidden.text, /weather in Paris/)
  }
})

t.test('a picture that comes in a log record is described, and an artifact of its span', async (t) => {
  const service = await realService(t)
  const bytesValue = Buffer.from('89504e470d0a1a0a', 'hex').toString('base64')
  const kvlist = (...values: object[]) => ({ kvlistValue: { values } })
  const list = (...values: object[]) => ({ arrayValue: { values } })
  const picture = kvlist(attribute('type', 'blob'), attribute('mime_type', 'image/png'), {
    key: 'content',
    value: { bytesValue },
  })
  const message = kvlist(attribute('role', 'user'), { key: 'parts', value: list(picture) })
  const body = logs(
    record({
      eventName: 'gen_ai.client.inference.operation.details',
      attributes: [{ key: 'gen_ai.input.messages', value: list(message) }],
    }),
  )
  t.equal((await post(service, 'logs', body)).text, '{}')
  const llm = span('a', 'b', null, { executionId: 'ex', workflowId: 'wf', kind: 'llm' })
  await written(service.store, 'default', ['*'], [llm])
  const { json: detail } = await get(service, `/api/executions/ex/spans/${'b'.padStart(16, '0')}`)
  t.match(detail.input.messages[0].parts, [{ type: 'image', media_type: 'image/png', size: 8 }])
  t.match(detail.artifacts, [{ media_type: 'image/png', size: 8, sha256: /^[0-9a-f]{64}$/ }])
  t.equal(detail.artifacts.length, 1)
  const counts = async () => {
    const { json: page } = await get(service, '/api/executions/ex/trace?view=skeleton')
    const { json: summary } = await get(service, '/api/executions/ex/trace/summary')
    t.same(summary.artifacts, detail.artifacts)
    return page.columns.artifacts
  }
  t.same(await counts(), [1])
  await post(service, 'logs', body.replaceAll('gen_ai.client.inference.operation.details', 'gen_ai.choice'))
  t.same(await counts(), [1], 'what two records carry is one')
})

t.test('sending log records again writes nothing', async (t) => {
  const service = await realService(t)
  const rows = async () =>
    (await service.database.ingest.query('select xmin::text from span_logs order by 1')).rows
  await post(service, 'logs', fixture('.logs'))
  const first = await rows()
  t.equal(first.length, 15)
  t.equal((await post(service, 'logs', fixture('.logs'))).text, '{}')
  t.strictSame(await rows(), first)
})

t.test('what says nothing of a span is refused by a partial success that says so', async (t) => {
  const service = await realService(t)
  const sent = await post(
    service,
    'logs',
    logs(
      record({ body: { stringValue: 'GET / 200' } }),
      record({ traceId: '', spanId: '', eventName: 'gen_ai.choice' }),
      record({ traceId: 5 }),
      record({ eventName: 'gen_ai.choice', body: { stringValue: 'yes' } }),
    ),
  )
  t.equal(sent.status, 200)
  t.equal(sent.json.partialSuccess.rejectedLogRecords, '3')
  t.match(sent.json.partialSuccess.errorMessage, /only gen_ai content and exceptions/)
  const { rows } = await service.database.ingest.query('select event_name from span_logs')
  t.strictSame(rows, [{ event_name: 'gen_ai.choice' }])
  const refused = await service.parts.metrics.logsRefused.get()
  t.strictSame(refused.values.map(({ labels }) => labels.reason).sort(), [
    'no_content',
    'no_span',
    'wrong_type',
  ])
})

t.test('an exception that comes only as a log record is the error of its span', async (t) => {
  for (const logFirst of [true, false]) {
    const service = await realService(t)
    const log = () => post(service, 'logs', logs(record({ eventName: 'exception', attributes: exception })))
    const failed = span('a', 'b', null, {
      executionId: 'ex',
      workflowId: 'wf',
      status: 'error',
      statusCode: 2,
    })
    if (logFirst) await log()
    await written(service.store, 'default', ['*'], [failed])
    // remembered without its error, if the log comes later
    t.equal((await get(service, '/api/executions/ex/trace/summary')).json.status, 'failed')
    if (!logFirst) await log()
    const { json: detail } = await get(service, `/api/executions/ex/spans/${'b'.padStart(16, '0')}`)
    t.match(detail.error, { type: 'ValueError', message: 'the model said no', stack: /at work/ })
    const { json: list } = await get(service, '/api/workflows/wf/executions')
    t.equal(list[0].error, 'the model said no')
    t.equal((await get(service, '/api/executions/ex/trace/summary')).json.error_count, 1)
  }
})

t.test('log records are redacted, kept apart by realm, and need the scope', async (t) => {
  const service = await realService(t)
  const key = `sk-proj-${'a1B2c3D4'.repeat(6)}`
  const body = { kvlistValue: { values: [attribute('content', `use ${key} please`)] } }
  const sent = logs(record({ eventName: 'gen_ai.user.message', body }))
  t.equal((await post(service, 'logs', sent, { scope: 'traces:read' })).status, 403)
  await post(service, 'logs', sent, { workflows: ['other'] })
  const llm = span('a', 'b', null, { executionId: 'ex', workflowId: 'wf', kind: 'llm' })
  await written(service.store, 'default', ['*'], [llm])
  const path = `/api/executions/ex/spans/${'b'.padStart(16, '0')}`
  t.strictSame((await get(service, path)).json.input.messages, [], 'of another grant')
  await post(service, 'logs', sent)
  const { json: detail } = await get(service, path)
  t.match(detail.input.messages[0].parts[0].content, /^use \[redacted:.+\] please$/)
  const { rows } = await service.database.ingest.query('select body::text from span_logs')
  t.equal(rows.length, 2)
  for (const row of rows) t.notMatch(row.body, key)
})

t.test('log records of an erased execution are refused', async (t) => {
  const service = await realService(t)
  await written(
    service.store,
    'default',
    ['*'],
    [span('a', 'b', null, { executionId: 'ex', workflowId: 'wf' })],
  )
  const erased = await service.as({ scope: 'traces:delete' }, 'DELETE', '/api/executions/ex')
  t.equal(erased.status, 200)
  const sent = await post(service, 'logs', logs(record({ eventName: 'exception', attributes: exception })))
  t.match(sent.json.partialSuccess, { rejectedLogRecords: '1', errorMessage: /erased/ })
  t.equal((await service.database.ingest.query('select from span_logs')).rowCount, 0)
})
