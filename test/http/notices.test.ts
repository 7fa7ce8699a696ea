import t from 'tap'
import { realService } from './real-service.ts'

const everything = { scope: 'traces:write traces:read content:read' }
const service = await realService(t)
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const time = (seconds: number) => String(1_790_000_000_000_000_000n + BigInt(seconds * 1000) * 1_000_000n)

let traces = 0
/** Sends spans of one trace, each from a service, and answers with the notices of the summary. */
async function noticesOf(
  execution: string,
  spans: ({ service?: string; schemaUrl?: string } & Record<string, unknown>)[],
) {
  const traceId = (++traces).toString(16).padStart(32, '0')
  const resourceSpans = spans.map(
    ({ service: name = 'engine', schemaUrl = '', attributes = [], ...span }, i) => ({
      resource: { attributes: [text('service.name', name)] },
      schemaUrl,
      scopeSpans: [
        {
          spans: [
            {
              traceId,
              spanId: (i + 1).toString(16).padStart(16, '0'),
              parentSpanId: i === 0 ? '' : '1'.padStart(16, '0'),
              name: 'work',
              startTimeUnixNano: time(i),
              endTimeUnixNano: time(9),
              attributes: [
                ...(i === 0 ? [text('workflow.execution.id', execution), text('workflow.id', 'wf')] : []),
                ...(attributes as object[]),
              ],
              ...span,
            },
          ],
        },
      ],
    }),
  )
  const body = JSON.stringify({ resourceSpans })
  const sent = await service.as(everything, 'POST', '/v1/traces', body, {
    'content-type': 'application/json',
  })
  t.equal(sent.status, 200)
  const { json } = await service.as(everything, 'GET', `/api/executions/${execution}/trace/summary`)
  return json.notices
}

t.test('a later workflow id is told as a conflict; the first stays', async (t) => {
  const notices = await noticesOf('conflict', [{}, { attributes: [text('workflow.id', 'other')] }])
  t.match(notices, [{ code: 'workflow_conflict', message: /other.*the first, wf, stays/, count: 1 }])
})

t.test('a parent that has not come is told with its id and the service that owes it', async (t) => {
  const notices = await noticesOf('owed', [
    {},
    { service: 'worker', parentSpanId: 'dead'.padStart(16, '0'), flags: 0x101 },
  ])
  t.match(notices, [{ code: 'missing_parent', message: /000000000000dead; owed by worker/, count: 1 }])
})

t.test('what the sender dropped, sampled or dated by another clock is told', async (t) => {
  const notices = await noticesOf('lossy', [
    { traceState: 'ot=th:8' },
    { droppedAttributesCount: 3 },
    { service: 'model', startTimeUnixNano: time(-2) },
    { endTimeUnixNano: time(1) },
  ])
  t.strictSame(notices.map(({ code }: { code: string }) => code).sort(), [
    'clock_skew',
    'end_before_start',
    'sampled',
    'sender_dropped',
  ])
})

t.test('what was removed, and what follows conventions that are not known, is told', async (t) => {
  const key = `sk-proj-${'a1B2c3D4'.repeat(6)}`
  const notices = await noticesOf('removed', [
    { attributes: [text('note', `use ${key}`)] },
    { schemaUrl: 'https://opentelemetry.io/schemas/1.99.0' },
  ])
  t.strictSame(
    notices.map(({ code, count }: { code: string; count: number }) => [code, count]),
    [
      ['redacted', 1],
      ['unknown_convention', 1],
    ],
  )
})

t.test('a span that comes long after the end is told', async (t) => {
  t.strictSame(await noticesOf('tardy', [{}]), [])
  const traceId = traces.toString(16).padStart(32, '0')
  await service.database.ingest.query(
    `update spans set received_at = received_at - interval '1 hour' where trace_id = '\\x${traceId}'`,
  )
  const late = { traceId, parentSpanId: '1'.padStart(16, '0'), spanId: '2'.padStart(16, '0') }
  t.match(await noticesOf('tardy', [late]), [{ code: 'late', count: 1 }])
})

t.test('values beyond the limit are told as cut', async (t) => {
  const notices = await noticesOf('cut', [{ name: 'x'.repeat(70_000) }])
  t.match(notices, [{ code: 'truncated', count: 1 }])
})

t.test('an execution whose end never came is told after an hour', async (t) => {
  t.strictSame(await noticesOf('endless', [{ endTimeUnixNano: '0' }]), [])
  const { now } = service.parts
  service.parts.now = () => now() + 61 * 60 * 1000
  const { json } = await service.as(everything, 'GET', '/api/executions/endless/trace/summary')
  service.parts.now = now
  t.match(json, { status: 'running', notices: [{ code: 'no_end_seen' }] })
})

t.test('the stack of an exception that is told by attributes alone', async (t) => {
  await noticesOf('attributes', [
    {
      status: { code: 2 },
      attributes: [
        text('exception.type', 'ValueError'),
        text('exception.message', 'bad'),
        text('exception.stacktrace', 'ValueError: bad\n  at work'),
      ],
    },
  ])
  const path = `/api/executions/attributes/spans/${'1'.padStart(16, '0')}`
  const { json } = await service.as(everything, 'GET', path)
  t.strictSame(json.error, { type: 'ValueError', message: 'bad', stack: 'ValueError: bad\n  at work' })
})
