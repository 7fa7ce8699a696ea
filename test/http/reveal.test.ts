import t from 'tap'
import { span } from '../helpers/span.ts'
import { realService, written } from './real-service.ts'

const { store, as, parts } = await realService(t)
const mail = 'jane.doe@example.com'
const prompt = `Write to ${mail}`
const failure = `could not parse: ${prompt}`
await written(
  store,
  'default',
  ['*'],
  [
    span('a', 'a1', null, {
      executionId: 'ex',
      workflowId: 'wf',
      kind: 'llm',
      status: 'error',
      statusMessage: failure,
      errorType: 'ParseError',
      errorMessage: failure,
      attributes: new Map([['support.contact', mail]]),
      content: new Map([
        ['input.value', prompt],
        ['output.value', 'done'],
      ]),
      tokens: {
        input: 12,
        output: 3,
        total: 15,
        cachedInput: null,
        cacheWriteInput: null,
        reasoningOutput: null,
      },
      events: [
        {
          name: 'exception',
          timeNs: 1n,
          droppedAttributesCount: 0,
          attributes: new Map([
            ['exception.type', 'ParseError'],
            ['exception.message', failure],
            ['exception.stacktrace', `at ${failure}`],
          ]),
        },
        {
          name: 'gen_ai.user.message',
          timeNs: 2n,
          droppedAttributesCount: 0,
          attributes: new Map([['content', prompt]]),
        },
      ],
    }),
  ],
)
const path = `/api/executions/ex/spans/${'a1'.padStart(16, '0')}`
const reveal = (body: unknown, claims: object = {}) =>
  as({ scope: 'content:reveal', sub: 'auditor', ...claims }, 'POST', `${path}/reveal`, body)
const audited = async () => (await as({ scope: 'admin' }, 'GET', '/api/audit?action=reveal')).json

t.test('with content: masked', async (t) => {
  const { text, json } = await as({ scope: 'traces:read content:read' }, 'GET', path)
  t.notMatch(text, mail)
  t.equal(json.input.value, 'Write to [redacted:email]')
  t.equal(json.error.message, 'could not parse: Write to [redacted:email]')
})

t.test('without content: structure, tokens and cost remain, nothing that quotes a prompt', async (t) => {
  const bare = { scope: 'traces:read' }
  for (const one of [
    path,
    '/api/executions/ex/trace',
    '/api/workflows/wf/executions',
    '/api/executions/ex/trace/summary',
  ]) {
    const { status, text } = await as(bare, 'GET', one)
    t.equal(status, 200, one)
    t.notMatch(text, /Write to|could not parse|jane/, one)
  }
  const { json } = await as(bare, 'GET', path)
  t.match(json, {
    tokens: { input: 12, output: 3, total: 15 },
    state: 'error',
    error: { type: 'ParseError', message: /Hidden by policy/, stack: /Hidden by policy/ },
    status: { code: 'ERROR', message: /Hidden by policy/ },
    input: { hidden: /Hidden by policy/, messages: [], value: null },
    output: { hidden: /Hidden by policy/ },
  })
  t.strictSame(json.events[0].attributes, { 'exception.type': 'ParseError' })
  t.strictSame(json.events[1].attributes, {})
  const search = '/api/executions/ex/trace?view=skeleton&q='
  t.equal((await as(bare, 'GET', `${search}parse`)).json.columns.span_id.length, 0, 'nor is it found')
  t.equal((await as(bare, 'GET', '/api/workflows/wf/executions?q=parse')).json.length, 0)
  const full = { scope: 'traces:read content:read' }
  t.equal((await as(full, 'GET', '/api/workflows/wf/executions?q=parse')).json.length, 1)
})

t.test('a reveal shows it, and is on record', async (t) => {
  const { status, json, headers } = await reveal({ reason: ' a complaint, ticket 7 ' })
  t.equal(status, 200)
  t.equal(headers['cache-control'], 'private, no-store')
  t.equal(json.input.value, prompt)
  t.equal(json.attributes['support.contact'], mail)
  t.equal(json.error.message, failure)
  t.match(await audited(), [
    {
      subject: 'auditor',
      action: 'reveal',
      workflow_id: 'wf',
      execution_id: 'ex',
      span_id: 'a1'.padStart(16, '0'),
      trace_id: 'a'.padStart(32, '0'),
      reason: 'a complaint, ticket 7',
      times: 1,
    },
  ])
})

t.test('a reason is needed, and holds no secret', async (t) => {
  const before = (await audited()).length
  for (const body of [
    undefined,
    {},
    { reason: '' },
    { reason: '  ' },
    { reason: '\u200b\u2060 .' },
    { reason: { a: 1 } },
    { reason: 'x'.repeat(501) },
  ]) {
    const { status } = await reveal(body)
    t.equal(status, 400, JSON.stringify(body)?.slice(0, 30))
  }
  t.equal((await audited()).length, before)
  const secret = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`
  t.equal((await reveal({ reason: `for ${secret}\0` })).status, 200)
  t.equal((await audited())[0].reason, 'for [redacted:github-pat]\ufffd')
})

t.test('no record, no answer', async (t) => {
  const { append } = parts.store.audit
  t.teardown(() => {
    parts.store.audit.append = append
  })
  parts.store.audit.append = () => Promise.reject(new Error('disk full'))
  const answer = await reveal({ reason: 'r' })
  t.equal(answer.status, 500)
  t.notMatch(answer.text, /jane|disk/)
})

t.test('only its own scope opens it', async (t) => {
  for (const scope of ['traces:read content:read', 'admin', ''])
    t.equal((await reveal({ reason: 'r' }, { scope })).status, 403)
  t.equal((await reveal({ reason: 'r' }, { workflows: ['other'] })).status, 404)
})
