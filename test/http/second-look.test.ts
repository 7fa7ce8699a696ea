import t, { type Test as Tap } from 'tap'
import type { Json } from '../access/jwt.ts'
import { attributes, span } from '../helpers/span-content.ts'
import { type RealService, realService } from './real-service.ts'

const writer = { workspace: 'default', workflows: ['*'] }
const reader = { scope: 'traces:read content:read' }
const id = (short: string) => short.padStart(16, '0')
const run = (trace: string, executionId: string) => [
  span(trace, 'a', null, { executionId, workflowId: 'wf', kind: 'workflow' }),
  span(trace, 'b', 'a', {
    kind: 'llm',
    nodeId: 'ask',
    content: attributes({ 'input.value': `${executionId}: mail to ann@example.org` }),
  }),
]
const whole = '/api/executions/one/trace'
const compared = '/api/executions/one/compare/two'

/** Asks as this reader, with the tag of an earlier answer. */
const ask = ({ as }: RealService, path: string, tag?: string, claims: Json = reader) =>
  as(claims, 'GET', path, undefined, tag === undefined ? {} : { 'if-none-match': tag })

async function tagOf(test: Tap, service: RealService, path: string): Promise<string> {
  const { status, headers } = await ask(service, path)
  test.equal(status, 200, path)
  test.match(headers, { etag: /^W\/"/, 'cache-control': 'private, no-cache', vary: /authorization/ }, path)
  return String(headers.etag)
}

async function stored(test: Tap, env: Record<string, string> = {}) {
  const service = await realService(test, env)
  await service.store.writeSpans(writer, [...run('1', 'one'), ...run('2', 'two')])
  return service
}

t.test('a second look at spans or a comparison is a 304 for which no row is read', async (t) => {
  const service = await stored(t)
  for (const path of [whole, compared]) {
    const tag = await tagOf(t, service, path)
    const { read } = service.store
    const kept = { order: read.order, tree: read.tree, spans: read.spans }
    const none = () => Promise.reject(new Error('a row is read'))
    Object.assign(read, { order: none, tree: none, spans: none })
    const again = await ask(service, path, `"other", ${tag}`)
    Object.assign(read, kept)
    t.same([again.status, again.text, again.headers.etag], [304, '', tag], path)
  }
  const tag = await tagOf(t, service, whole)
  t.equal(
    (await ask(service, `${whole}?_refresh=1&cursor=x`, tag)).status,
    304,
    'what Canvas adds is nothing',
  )
})

t.test('a tag is of its own reader and question, and opens nothing', async (t) => {
  const service = await stored(t)
  for (const path of [whole, compared]) {
    const tag = await tagOf(t, service, path)
    for (const scope of ['traces:read', `${reader.scope} artifacts:read`]) {
      const { status, headers } = await ask(service, path, tag, { scope })
      t.equal(status, 200, `${path}: ${scope}`)
      t.not(headers.etag, tag)
    }
    const out = await ask(service, path, tag, { ...reader, workflows: ['elsewhere'] })
    t.same([out.status, out.headers.etag], [404, undefined], path)
  }
  const tag = await tagOf(t, service, compared)
  t.equal((await ask(service, '/api/executions/two/compare/one', tag)).status, 200)
  t.equal((await ask(service, whole, tag)).status, 200)
})

const late = (traceId: string, text: string) =>
  JSON.stringify({
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                ...{ traceId: traceId.padStart(32, '0'), spanId: id('b') },
                timeUnixNano: '1790000000000000000',
                eventName: 'gen_ai.user.message',
                body: {
                  kvlistValue: { values: [{ key: 'content', value: { stringValue: text } }] },
                },
              },
            ],
          },
        ],
      },
    ],
  })

t.test('what comes late, span or log record, of either execution, makes another tag', async (t) => {
  const service = await stored(t)
  for (const path of [whole, compared]) {
    const traces = path === whole ? ['1'] : ['1', '2']
    for (const trace of traces) {
      const before = await tagOf(t, service, path)
      await service.store.writeSpans(writer, [span(trace, (path.length + 16).toString(16), 'a')])
      t.equal((await ask(service, path, before)).status, 200, `${path}: a span of ${trace}`)
      const tag = await tagOf(t, service, path)
      const text = `${path} ${trace}`
      const sent = await service.as({ scope: 'traces:write' }, 'POST', '/v1/logs', late(trace, text), {
        'content-type': 'application/json',
      })
      t.equal(sent.text, '{}')
      const after = await ask(service, path, tag)
      t.equal(after.status, 200, `${path}: a record of ${trace}`)
      t.not(after.headers.etag, tag)
    }
  }
})

t.test('what still runs, and what holds ids that open for a while, is never stored', async (t) => {
  const service = await stored(t, { TRACE_SIGN_ARTIFACT_IDS: 'true' })
  const never = { etag: undefined, 'cache-control': 'private, no-store' }
  const download = { scope: 'traces:read content:read artifacts:read artifacts:write' }
  const upload = await service.as(download, 'PUT', '/api/executions/one/artifacts/report', 'a,b', {
    'content-type': 'text/csv',
  })
  t.equal(upload.status, 201, upload.text)
  t.match((await ask(service, whole, undefined, download)).headers, never)
  t.match((await ask(service, whole)).headers, { etag: /^W/ }, 'who may not download gets no such id')
  await service.store.writeSpans(writer, [
    span('2', 'a', null, { executionId: 'two', workflowId: 'wf', endNs: null, status: 'running' }),
    span('3', 'a', null, { executionId: 'three', workflowId: 'wf', endNs: null, status: 'running' }),
  ])
  for (const path of ['/api/executions/three/trace', '/api/executions/one/compare/three'])
    t.match((await ask(service, path, '*')).headers, never, path)
})
