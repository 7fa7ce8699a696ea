import { createHash } from 'node:crypto'
import t from 'tap'
import { openStream } from './live-client.ts'
import { realService } from './real-service.ts'

/**
 * What a token with traces:read alone is told: structure. A mark stands wherever content or the words of an error may
 * be; no answer may hold one. A hash of content is content, too: whoever guesses the content finds it confirmed.
 */
const service = await realService(t)
const base = await service.app.listen({ host: '127.0.0.1', port: 0 })

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const inline = Buffer.from('approved: yes, of the whole amount')
const hashes = { reference: hash('yes'), stored: hash('no'), inline: hash(inline.toString()) }
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const startNs = BigInt(Date.now() - 60_000) * 1_000_000n
const span = (id: string, parent: string, over: object = {}, attributes: object[] = []) => ({
  traceId: 'a1'.repeat(16),
  spanId: id.repeat(16),
  ...(parent === '' ? {} : { parentSpanId: parent.repeat(16) }),
  name: `span ${id}`,
  startTimeUnixNano: `${startNs}`,
  endTimeUnixNano: `${startNs + 1_000_000n}`,
  ...over,
  attributes,
})
const json = { 'content-type': 'application/json' }
const everything = {
  scope: 'traces:write traces:read content:read content:reveal artifacts:write artifacts:read',
}
const references = JSON.stringify([
  { id: 'said', name: 'said.txt', media_type: 'text/plain', size: 3, sha256: hashes.reference },
])
const exception = [
  text('exception.type', 'KindOfError'),
  text('exception.message', 'mark-exception-message'),
  text('exception.stacktrace', 'KindOfError: mark-exception-stack\n  at x'),
]
const spans = (id: string) => [
  span('1', '', { status: { code: 2, message: 'mark-root-status' } }, [
    text('workflow.execution.id', id),
    text('workflow.id', 'w'),
  ]),
  span(
    '2',
    '1',
    {
      status: { code: 2, message: 'mark-status' },
      events: [
        { timeUnixNano: `${startNs}`, name: 'exception', attributes: exception },
        {
          timeUnixNano: `${startNs}`,
          name: 'gen_ai.user.message',
          attributes: [text('content', 'mark-event-content')],
        },
      ],
    },
    [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.request.model', 'gpt-4o'),
      text('gen_ai.input.messages', JSON.stringify([{ role: 'user', content: 'mark-input' }])),
      text('gen_ai.output.messages', JSON.stringify([{ role: 'assistant', content: 'mark-output' }])),
      text('gen_ai.tool.definitions', '[{"name":"mark-tool"}]'),
      text('gen_ai.system_instructions', '[{"type":"text","content":"mark-system"}]'),
      text('input.value', 'mark-short'),
      text('error.message', 'mark-error-message'),
      text('exception.message', 'mark-attribute-message'),
      text('exception.stacktrace', 'mark-attribute-stack'),
      text('langfuse.observation.status_message', 'mark-langfuse'),
      text('tool.parameters', '{"q":"mark-parameters"}'),
      text('workflow.artifacts', references),
      text('gen_ai.prompt.0.content', `data:text/plain;base64,${inline.toString('base64')}`),
    ],
  ),
]
const log = {
  traceId: 'a1'.repeat(16),
  spanId: '2'.repeat(16),
  timeUnixNano: `${startNs}`,
  eventName: 'exception',
  body: { stringValue: 'mark-log-body' },
  attributes: [
    text('exception.type', 'KindOfError'),
    text('exception.message', 'mark-log-message'),
    text('exception.stacktrace', 'mark-log-stack'),
  ],
}

const sent = await service.as(
  everything,
  'POST',
  '/v1/traces',
  { resourceSpans: [{ scopeSpans: [{ spans: spans('ex') }] }] },
  json,
)
const logged = await service.as(
  everything,
  'POST',
  '/v1/logs',
  { resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] },
  json,
)
const put = await service.as(everything, 'PUT', '/api/executions/ex/artifacts/bytes', Buffer.from('no'), {
  'content-type': 'application/octet-stream',
  'x-span-id': '2'.repeat(16),
})
await service.as(
  everything,
  'POST',
  '/v1/traces',
  {
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [span('3', '', {}, [text('workflow.execution.id', 'ex2'), text('workflow.id', 'w')])].map(
              (one) => ({ ...one, traceId: 'b2'.repeat(16) }),
            ),
          },
        ],
      },
    ],
  },
  json,
)

const paths = [
  '/api/workflows',
  '/api/workflows/w/executions',
  '/api/workflows/w/stats',
  '/api/executions/ex/trace',
  '/api/executions/ex/trace?view=skeleton',
  '/api/executions/ex/trace/summary',
  `/api/executions/ex/spans/${'1'.repeat(16)}`,
  `/api/executions/ex/spans/${'2'.repeat(16)}`,
  '/api/executions/ex/trace/export',
  '/api/executions/ex/compare/ex',
  '/api/executions/ex/compare/ex2',
  '/api/executions/ex2/compare/ex',
]
const tells = (text: string) => [
  ...new Set(text.match(/mark-[\w-]+/g) ?? []),
  ...Object.entries(hashes).flatMap(([name, hash]) => (text.includes(hash.slice(0, 16)) ? [name] : [])),
]

t.test('structure is all that traces:read is told', async (t) => {
  t.strictSame([sent.text, logged.text, put.status], ['{}', '{}', 201])
  for (const path of paths) {
    const { status, text } = await service.as({ scope: 'traces:read' }, 'GET', path)
    t.equal(status, 200, path)
    t.strictSame(tells(text), [], path)
  }
  const client = await openStream(`${base}/api/executions/ex/trace/stream`, { scope: 'traces:read' })
  await client.until((one) => one.event === 'summary')
  client.cut()
  await client.ended
  t.strictSame(tells(JSON.stringify(client.events)), [])
})

t.test('the marks are there for who may see them', async (t) => {
  const scope = 'traces:read content:read artifacts:read'
  const found = new Set<string>()
  for (const path of paths) {
    for (const mark of tells((await service.as({ scope }, 'GET', path)).text)) found.add(mark)
  }
  const marks = new Set(tells(JSON.stringify([spans('ex'), log])))
  for (const name of Object.keys(hashes)) marks.add(name)
  t.strictSame(
    [...marks].filter((mark) => !found.has(mark)),
    [],
    'each is a mark that can be missed',
  )
})

t.test('a search does not find what its reader is not told', async (t) => {
  const found = async (q: string, scope: string) => {
    const path = `/api/executions/ex/trace?view=skeleton&q=${encodeURIComponent(q)}`
    return (await service.as({ scope }, 'GET', path)).json.columns.span_id.length
  }
  t.ok((await found('span 2', 'traces:read')) > 0)
  t.ok((await found('mark-input', 'traces:read content:read')) > 0)
  for (const mark of tells(JSON.stringify([spans('ex'), log]))) {
    t.equal(await found(mark, 'traces:read'), 0, mark)
  }
})

t.test('a hash is told by the scope of what it is of', async (t) => {
  const artifacts = async (scope: string) => {
    const { json } = await service.as({ scope }, 'GET', `/api/executions/ex/spans/${'2'.repeat(16)}`)
    const { json: summary } = await service.as({ scope }, 'GET', '/api/executions/ex/trace/summary')
    const list = (from: { artifacts: { id: string; size: number; sha256: string | null }[] }) =>
      from.artifacts.map(({ id, size, sha256 }) => ({ id, size, sha256 })).sort((a, b) => a.size - b.size)
    t.same(list(json), list(summary), 'everywhere alike')
    return list(json)
  }
  const [bytes, said, carried] = await artifacts('traces:read')
  t.match(bytes, { id: 'bytes', size: 2, sha256: null })
  t.match(said, { id: 'said', size: 3, sha256: null })
  t.match(
    carried,
    { id: /^redacted-[0-9a-f]{16}$/, size: inline.length, sha256: null },
    'its id is made of its hash',
  )
  t.match(await artifacts('traces:read content:read'), [
    { id: 'bytes', sha256: null },
    { id: 'said', sha256: hashes.reference },
    { id: `inline-${hashes.inline.slice(0, 32)}`, sha256: hashes.inline },
  ])
  t.match(await artifacts('traces:read artifacts:read'), [
    { id: 'bytes', sha256: hashes.stored },
    { id: 'said', sha256: hashes.reference },
    { id: `inline-${hashes.inline.slice(0, 32)}`, sha256: hashes.inline },
  ])
})
