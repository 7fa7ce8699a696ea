import t from 'tap'
import { normalizeRequest } from '../../src/normalize/index.ts'
import { decodeTraceRequest } from '../../src/otlp/index.ts'
import { createRedactor, redactSpan, withIdKey } from '../../src/redact/index.ts'
import { ruleSetVersion } from '../../src/redactors.ts'
import { scrubWith } from '../../src/rescrub.ts'
import { AlreadyAtWork, type RescrubOptions, rescrub } from '../../src/store/rescrub/index.ts'
import { dump } from '../helpers/dump.ts'
import { type Answer, realService } from '../http/real-service.ts'

/** What no rule knew when it came. */
const SECRET = 'zebra-482915'
const custom = [{ id: 'zebra', pattern: 'zebra-[0-9]{6}', keywords: ['zebra-'] }]
const VERSION = ruleSetVersion({ custom })

const service = await realService(t)
const { as, database, store } = service

const text = (value: string) => ({ stringValue: value })
const attribute = (key: string, value: string) => ({ key, value: text(value) })
const startNs = (ms: number) => String(BigInt(Date.now() - 60_000 + ms) * 1_000_000n)
const history = (last: string) =>
  JSON.stringify(
    [
      ...Array.from({ length: 40 }, (_, i) => `turn ${i} ${'x'.repeat(200)} ${i === 7 ? SECRET : ''}`),
      last,
    ].map((content) => ({ role: 'user', parts: [{ type: 'text', content }] })),
  )

const ids = (execution: string, workflow: string) => [
  attribute('workflow.execution.id', execution),
  attribute('workflow.id', workflow),
]
const call = (spanId: string, over: object, attributes: object[]) => ({
  traceId: 'a'.repeat(32),
  spanId: spanId.padStart(16, '0'),
  name: 'chat',
  startTimeUnixNano: startNs(Number.parseInt(spanId, 16)),
  endTimeUnixNano: startNs(Number.parseInt(spanId, 16) + 5),
  ...over,
  attributes: [
    attribute('gen_ai.operation.name', 'chat'),
    attribute('gen_ai.request.model', 'm'),
    ...attributes,
  ],
})
const usage = [{ key: 'gen_ai.usage.input_tokens', value: { intValue: '7' } }]

/** The secret wherever a sender may put it, some of it in content that comes again and is stored once. */
const resourceSpans = [
  {
    resource: { attributes: [attribute('service.name', 'svc'), attribute('note', SECRET)] },
    schemaUrl: `https://example.com/${SECRET}`,
    scopeSpans: [
      {
        scope: { name: `scope ${SECRET}`, version: SECRET },
        spans: [
          call('1', { name: `run ${SECRET}` }, ids(`run-${SECRET}`, `flow-${SECRET}`)),
          call('2', { parentSpanId: '1'.padStart(16, '0') }, [
            ...usage,
            attribute('gen_ai.input.messages', history('first')),
            attribute('gen_ai.conversation.id', `thread ${SECRET}`),
          ]),
          call('3', { parentSpanId: '1'.padStart(16, '0') }, [
            ...usage,
            attribute('gen_ai.input.messages', history('second')),
            attribute('note', `with ${SECRET} in it`),
            attribute(SECRET, 'a key'),
            { key: 'raw', value: { bytesValue: Buffer.from(`b ${SECRET}`).toString('base64') } },
          ]),
          call(
            '4',
            {
              parentSpanId: '1'.padStart(16, '0'),
              status: { code: 2, message: `failed: ${SECRET}` },
              traceState: `k=${SECRET}`,
              events: [
                {
                  name: `e ${SECRET}`,
                  timeUnixNano: '1',
                  attributes: [attribute('exception.message', SECRET)],
                },
              ],
              links: [
                { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), attributes: [attribute('l', SECRET)] },
              ],
            },
            [],
          ),
        ],
      },
    ],
  },
  {
    resource: { attributes: [attribute('service.name', 'svc')] },
    scopeSpans: [
      {
        scope: { name: 'clean' },
        spans: [{ ...call('9', { name: 'clean' }, ids('clean-run', 'clean')), traceId: 'b'.repeat(32) }],
      },
    ],
  },
]
const must = ({ status, text }: Answer, wanted: number) => {
  if (status !== wanted) throw new Error(`${status} ${text}`)
}
const json = { 'content-type': 'application/json' }
const writer = { scope: 'traces:write artifacts:write', sub: 'writer' }
const send = () => as(writer, 'POST', '/v1/traces', { resourceSpans }, json)
must(await send(), 200)
// one version of a span gives way to another: what it alone referred to is left behind
const superseded = structuredClone(resourceSpans)
superseded[0]?.scopeSpans[0]?.spans.splice(0, 4, {
  ...call('2', { parentSpanId: '1'.padStart(16, '0') }, [
    ...usage,
    attribute('gen_ai.input.messages', history(`a longer end, and ${SECRET} again`)),
    attribute('more', 'attributes'),
    attribute('gen_ai.conversation.id', `thread ${SECRET}`),
  ]),
} as never)
must(await as(writer, 'POST', '/v1/traces', { resourceSpans: superseded }, json), 200)
const logRecord = (body: string) => ({
  traceId: 'a'.repeat(32),
  spanId: '4'.padStart(16, '0'),
  timeUnixNano: startNs(4),
  eventName: 'gen_ai.choice',
  body: text(body),
  attributes: [attribute('exception.message', body)],
})
const resourceLogs = [
  {
    scopeLogs: [
      {
        logRecords: [
          logRecord(`said ${SECRET}`),
          logRecord(`said ${SECRET}`),
          logRecord('fine'),
          // stored once, by reference
          { ...logRecord(`at ${'length '.repeat(60)}${SECRET}`), attributes: [] },
        ],
      },
    ],
  },
]
must(await as(writer, 'POST', '/v1/logs', { resourceLogs }, json), 200)
must(
  await as(writer, 'PUT', `/api/executions/run-${SECRET}/artifacts/file-${SECRET}`, `a,b\n1,${SECRET}\n`, {
    'content-type': 'text/csv',
    'x-artifact-name': `name ${SECRET}.csv`,
    'x-workflow-id': `flow-${SECRET}`,
  }),
  201,
)

const redactor = createRedactor({ idKey: Buffer.alloc(32), custom })
const options = async (over: Partial<RescrubOptions> = {}): Promise<RescrubOptions> => ({
  url: database.url,
  database,
  scrubOf: async (workspace) => scrubWith(withIdKey(redactor, await store.key(workspace, 'redacted ids'))),
  version: VERSION,
  since: new Date(Date.now() - 3_600_000),
  until: new Date(Date.now() + 60_000),
  workspace: null,
  dryRun: false,
  subject: 'a test',
  ...over,
})
const holding = async () =>
  [...(await dump(database.work))].filter(([, all]) => all.includes(SECRET)).map(([table]) => table)
const rollUps = async () =>
  (
    await database.work.query(
      `select status, span_count, error_count, llm_call_count, input_tokens, total_tokens, started_ns, ended_ns, complete
       from executions order by started_ns`,
    )
  ).rows
const snapshot = async () => JSON.stringify([...(await dump(database.work))])

const reader = { scope: 'traces:read content:read artifacts:read', sub: 'reader' }
const stored = await as(reader, 'GET', `/api/executions/run-${SECRET}/trace/summary`)
// a read settles what it reads: without this one the worker may list the clean run only after `before` is taken
must(await as(reader, 'GET', '/api/executions/clean-run/trace/summary'), 200)
const before = await rollUps()

t.test('it is stored as it came', async (t) => {
  t.match(stored, { status: 200, json: { span_count: 4, tokens: { input: 14 } } })
  const where = await holding()
  for (const table of [
    'spans',
    'messages',
    'contexts',
    'span_logs',
    'artifacts',
    'artifact_chunks',
    'executions',
  ])
    t.ok(where.includes(table), table)
})

t.test('a dry run counts, and writes nothing', async (t) => {
  const was = await snapshot()
  const report = await rescrub(await options({ dryRun: true }))
  t.equal(await snapshot(), was)
  t.match(report, {
    spans: { seen: 5, changed: 4 },
    logs: { seen: 4, changed: 3 },
    artifacts: { seen: 1, changed: 1 },
  })
  t.ok((report.rules.get('zebra') ?? 0) > 15, 'counts by rule')
  t.notMatch(JSON.stringify([...report.rules]), SECRET)
})

t.test('one at a time', async (t) => {
  const [first, second] = await Promise.allSettled([
    rescrub(await options({ dryRun: true })),
    rescrub(await options({ dryRun: true })),
  ])
  t.strictSame([first.status, second.status].sort(), ['fulfilled', 'rejected'])
  const failed = first.status === 'rejected' ? first : second
  t.ok(failed.status === 'rejected' && failed.reason instanceof AlreadyAtWork)
})

t.test('it may be ended at any time: the next run goes on', async (t) => {
  const real = await options()
  let spans = 0
  const dies = {
    ...real,
    scrubOf: async (workspace: string) => {
      const scrub = await real.scrubOf(workspace)
      const span: typeof scrub.span = (one) => {
        if (++spans > 2) throw new Error('the power is out')
        return scrub.span(one)
      }
      return { ...scrub, span }
    },
  }
  await t.rejects(rescrub(dies), /the power is out/)
  t.match(await as(reader, 'GET', `/api/executions/${'a'.repeat(32)}/trace/summary`), { status: 200 })
})

t.test('what the rules find is in no table any more', async (t) => {
  const report = await rescrub(await options())
  t.match(report, { spans: { changed: 4 }, logs: { changed: 3 }, artifacts: { changed: 1 } })
  t.strictSame(await holding(), [])
})

t.test('the trace reads whole, roll-ups are what they were', async (t) => {
  t.strictSame(await rollUps(), before)
  // by the id that was sent: once the service has the rule, it is looked up by what is stored
  const { rows } = await database.work.query<{ id: string }>(
    `select execution_id as id from executions where workflow_id <> 'clean'`,
  )
  t.match(rows, [{ id: /^redacted-[0-9a-f]{16}$/ }])
  const id = rows[0]?.id
  const trace = await as(reader, 'GET', `/api/executions/${id}/trace`)
  t.equal(trace.status, 200)
  t.equal(trace.json.spans.length, 4)
  t.notMatch(trace.text, SECRET)
  const span = await as(reader, 'GET', `/api/executions/${id}/spans/${'3'.padStart(16, '0')}`)
  t.equal(span.status, 200, span.text.slice(0, 300))
  const messages = span.json.input.messages
  t.equal(messages.length, 41, 'every message of the history')
  t.match(JSON.stringify(messages[7]), /\[redacted:zebra\]/)
  t.match(JSON.stringify(messages[40]), /second/)
  t.equal(span.json.notices.filter(({ code }: { code: string }) => code === 'redacted').length, 1)
  const { rows: shared } = await database.work.query<{ count: number }>(
    `select count(*)::int as count from spans where content::text like '%"parts":[%'`,
  )
  t.ok((shared[0]?.count ?? 0) > 0, 'what was stored once is stored once')
  const failed = await as(reader, 'GET', `/api/executions/${id}/spans/${'4'.padStart(16, '0')}`)
  t.match(failed.text, /\[redacted:zebra\]/)
  const { rows: logs } = await database.work.query('select body from span_logs')
  t.equal(logs.length, 4, 'equal records stay two')
  const { rows: files } = await database.work.query<{ id: string; handle: string }>(
    'select artifact_id as id from artifacts',
  )
  const bytes = await as(reader, 'GET', `/api/artifacts/${files[0]?.id}/download`)
  t.match(bytes, { status: 200, text: 'a,b\n1,[redacted:zebra]\n' })
})

t.test('a second run does nothing', async (t) => {
  const { rows: before } = await database.work.query(
    'select xmin::text from spans union all select xmin::text from span_logs',
  )
  const report = await rescrub(await options())
  t.match(report, {
    spans: { seen: 0 },
    logs: { seen: 0 },
    artifacts: { seen: 0 },
    names: { changed: 0 },
    contexts: { changed: 0 },
  })
  const { rows: after } = await database.work.query(
    'select xmin::text from spans union all select xmin::text from span_logs',
  )
  t.strictSame(after, before)
})

t.test('it is on record, without a match', async (t) => {
  const { json } = await as({ scope: 'admin' }, 'GET', '/api/audit')
  const actions = json.map(({ action }: { action: string }) => action)
  t.ok(actions.filter((action: string) => action === 'redact').length >= 2)
  t.ok(actions.includes('redact_started'))
  t.match(json.find(({ action }: { action: string }) => action === 'redact').details, {
    version: VERSION,
    spans: 0,
  })
})

t.test('sent again under the new rules, a span finds itself', async (t) => {
  const request = decodeTraceRequest(Buffer.from(JSON.stringify({ resourceSpans: superseded })), 'json')
  const own = withIdKey(redactor, await store.key('default', 'redacted ids'))
  const spans = normalizeRequest(request).spans.map((span) => redactSpan(span, own).span)
  const ranks = async () =>
    (await database.work.query(`select encode(rank, 'hex') from spans order by trace_id, span_id`)).rows
  const was = await ranks()
  await store.writeSpans({ workspace: 'default', workflows: ['*'] }, spans)
  t.strictSame(await ranks(), was)
  t.strictSame(await holding(), [])
})
