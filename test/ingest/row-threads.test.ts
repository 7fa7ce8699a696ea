import { setTimeout as wait } from 'node:timers/promises'
import { deflateSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { Ingest } from '../../src/ingest/index.ts'
import { type MadeRows, type RowThreadOptions, RowThreads } from '../../src/ingest/row-threads.ts'
import { type Body, newTally, spansOf } from '../../src/ingest/spans-of.ts'
import { decodeTraceRequest } from '../../src/otlp/index.ts'
import { createRedactor } from '../../src/redact/index.ts'
import { encodeSlices, type RowBatch } from '../../src/store/encode-batch.ts'
import { Repeats } from '../../src/store/message-parts.ts'
import { realService } from '../http/real-service.ts'
import { encodeByReference } from '../otlp/reference.ts'

/** Threads run what was built: sources need a loader that threads do not have. */
const file = new URL('../../dist/ingest/row-thread.js', import.meta.url)
const idKey = Buffer.alloc(32, 7)
const today = new Date().toISOString().slice(0, 10)
const plan = { realm: 3, days: new Set([today]), nowMs: Date.now(), redactionVersion: 5, erasuresKnown: 9n }
const context = { maxBytes: 1_000_000, workflows: ['flow', 'other-*'], workspace: 'w', idKey }
const secret = `ghp_${'a1B2'.repeat(9)}`

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const nanos = (ms: number) => String(BigInt(Date.now() - 60_000 + ms) * 1_000_000n)
/** A request of `count` spans: with a secret, with a workflow outside of the grant, with an id that is none. */
const request = (count: number, last = '') => ({
  resourceSpans: [
    {
      resource: { attributes: [attribute('service.name', 'runner')] },
      scopeSpans: [
        {
          scope: { name: 'tests' },
          spans: Array.from({ length: count }, (_, n) => ({
            traceId: (n >> 3).toString(16).padStart(31, '0').padStart(32, 'a'),
            spanId: n % 97 === 96 ? '00' : (n + 1).toString(16).padStart(16, '0'),
            name: `step ${n}`,
            startTimeUnixNano: nanos(n),
            endTimeUnixNano: nanos(n + 5),
            attributes: [
              attribute('workflow.id', n % 50 === 49 ? 'elsewhere' : 'flow'),
              attribute('workflow.execution.id', `run-${n >> 3}`),
              attribute(
                'gen_ai.input.messages',
                `${'what was said '.repeat(40)}${n % 10 === 9 ? secret : ''}${last}`,
              ),
            ],
          })),
        },
      ],
    },
  ],
})
const json = (count: number, last?: string): Body => ({
  bytes: Buffer.from(JSON.stringify(request(count, last))),
  codec: '',
  encoding: 'json',
})

/** Threads that are there. */
async function started(
  t: { teardown(end: () => Promise<void>): void },
  most = 1,
  options: RowThreadOptions = {},
): Promise<RowThreads> {
  const threads = new RowThreads(most, {}, { file, ...options })
  t.teardown(() => threads.close())
  while (!threads.wants(1_000_000)) await wait(10)
  return threads
}

/** What the thread's own walk gives here. */
async function made(body: Body): Promise<MadeRows> {
  const tally = newTally()
  const redactor = createRedactor({ idKey, now: () => performance.now() })
  const spans = spansOf(body, { ...context, inflated: () => {}, redactor: async () => redactor }, tally)
  return { tally, batches: await encodeSlices(spans, async () => ({ ...plan, repeats: new Repeats() })) }
}

const plain = ({ tally, batches }: MadeRows) => ({
  tally,
  batches: batches.map(({ spans, marks, messages, contexts, ...rest }: RowBatch) => ({
    rows: Array.from({ length: spans.length }, (_, n) => spans.slice(n, n + 1).toString('hex')),
    bytes: spans.byteLength,
    marks: marks.toString('hex'),
    messages: messages.toString('hex'),
    contexts: Array.from(contexts.values(), ({ body, hash, key }) => [
      body,
      Buffer.from(hash).toString('hex'),
      key,
    ]),
    ...rest,
  })),
})

t.test('a thread makes the rows that are made here, of every encoding', async (t) => {
  const threads = await started(t)
  const { bytes } = json(300)
  const protobuf = encodeByReference(decodeTraceRequest(bytes, 'json'))
  const bodies: Body[] = [
    json(300),
    { bytes: gzipSync(bytes), codec: 'gzip', encoding: 'json' },
    { bytes: Buffer.from(protobuf), codec: '', encoding: 'protobuf' },
    { bytes: deflateSync(protobuf), codec: 'deflate', encoding: 'protobuf' },
  ]
  for (const body of bodies) {
    const rows = await threads.rows(body, context, plan)
    t.strictSame(plain(rows), plain(await made(body)), `${body.codec} ${body.encoding}`)
    t.equal(rows.tally.accepted, 300 - 3 - 6, 'without ids that are none and what the grant denies')
    t.equal(rows.tally.named, 'elsewhere')
    t.strictSame([...rows.tally.redactions], [['github-pat', 30 - 6]])
    t.notMatch(rows.batches.map(({ spans }) => spans.slice().toString('latin1')).join(), secret)
    for (const { spans } of rows.batches) spans.release()
  }
})

t.test('what a body is refused for is told with the same error', async (t) => {
  const threads = await started(t)
  const broken = { bytes: Buffer.from('{"resourceSpans":[{'), codec: '', encoding: 'json' as const }
  await t.rejects(threads.rows(broken, context, plan), { code: 'TRACE_UNDECODABLE', statusCode: 400 })
  const notGzip = { bytes: Buffer.alloc(9_000, 1), codec: 'gzip', encoding: 'json' as const }
  await t.rejects(threads.rows(notGzip, context, plan), {
    code: 'TRACE_UNDECODABLE',
    message: /not a whole gzip/,
  })
  const large = { bytes: gzipSync(Buffer.alloc(2_000_000)), codec: 'gzip', encoding: 'json' as const }
  await t.rejects(threads.rows(large, context, plan), {
    code: 'TRACE_BODY_TOO_LARGE',
    message: /1000000 bytes/,
  })
  t.equal((await threads.rows(json(20), context, plan)).tally.accepted, 20, 'the next one is made')
})

t.test('a thread that ends costs its requests a second try, and another one starts', async (t) => {
  const ended: string[] = []
  const threads = await started(t, 1, {
    file: new URL('./threads/ends.mjs', import.meta.url),
    onEnd: (reason) => ended.push(reason),
  })
  const requests = [1, 2, 3].map(() => threads.rows(json(20), context, plan))
  for (const one of requests) await t.rejects(one, { code: 'TRACE_OVERLOADED', statusCode: 503 })
  t.notOk(threads.wants(1_000_000), 'none is ready: done where it came')
  t.strictSame(ended, ['exit'], 'which is told')
  while (!threads.wants(1_000_000)) await wait(10)
  t.pass('another one is ready')
})

t.test('a thread that hangs is ended, and the service with it is not kept from ending', async (t) => {
  const threads = await started(t, 1, {
    file: new URL('./threads/hangs.mjs', import.meta.url),
    stuckMs: 100,
  })
  await t.rejects(threads.rows(json(20), context, plan), { code: 'TRACE_OVERLOADED' })
  while (!threads.wants(1_000_000)) await wait(10)
  const last = threads.rows(json(20), context, plan)
  last.catch(() => {})
  await threads.close()
  await t.rejects(last, { code: 'TRACE_OVERLOADED' })
})

t.test('what takes long because it is large refuses other large ones, and no small one', async (t) => {
  const threads = await started(t, 1, {
    file: new URL('./threads/hangs.mjs', import.meta.url),
    stuckMs: 10_000,
  })
  const large = { ...context, maxBytes: 20_000_000 }
  const ends = t.rejects(threads.rows(json(20), large, plan), { code: 'TRACE_OVERLOADED' })
  await wait(1_600)
  t.notOk(threads.late())
  await t.rejects(threads.rows(json(20), large, plan), { code: 'TRACE_OVERLOADED' })
  await wait(2_500)
  t.ok(threads.late(), 'it must have its answer within 8 s')
  await ends
})

t.test('small ones that wait refuse all', async (t) => {
  const threads = await started(t, 1, {
    file: new URL('./threads/hangs.mjs', import.meta.url),
    stuckMs: 5_000,
  })
  const ends = t.rejects(threads.rows(json(20), context, plan), { code: 'TRACE_OVERLOADED' })
  t.notOk(threads.late())
  await wait(1_600)
  t.ok(threads.late())
  t.ok(threads.late(true))
  await ends
})

t.test('small requests, and those of a service that ends, stay where they came', async (t) => {
  const threads = await started(t)
  t.notOk(threads.wants(100))
  const last = threads.rows(json(1_000), context, plan)
  const closed = threads.close()
  t.notOk(threads.wants(1_000_000))
  t.equal((await last).tally.accepted > 900, true, 'what was under way is made')
  await closed
})

t.test('through the service: stored, refused, denied, redacted and erased as without threads', async (t) => {
  const threads = await started(t)
  const service = await realService(t, {}, undefined, { threads })
  const writer = { scope: 'traces:write traces:delete traces:read', workflows: ['flow'] }
  const send = (count: number, last?: string) =>
    service.as(writer, 'POST', '/v1/traces', JSON.stringify(request(count, last)), {
      'content-type': 'application/json',
    })
  const first = await send(100)
  t.equal(first.status, 200)
  t.match(first.json.partialSuccess, { rejectedSpans: '3', errorMessage: /workflow_denied.*bad_span_id/ })
  const stored = async () =>
    (await service.database.ingest.query('select count(*)::int as n from spans')).rows[0].n
  t.equal(await stored(), 97)
  t.match(await send(100), { status: 200 })
  t.equal(await stored(), 97, 'sent again it writes nothing')

  t.equal((await service.as(writer, 'DELETE', '/api/executions/run-2')).status, 200)
  t.equal(await stored(), 89)
  const again = await send(100)
  t.match(again.json.partialSuccess, { rejectedSpans: '11', errorMessage: /8 refused \(erased\)/ })
  t.equal(await stored(), 89)
  t.match(await send(0), { status: 200 })
})

t.test('a body that is larger than its end says is read where its bytes can be counted', async (t) => {
  const threads = await started(t)
  const service = await realService(t, {}, undefined, { threads })
  const writer = { scope: 'traces:write', workflows: ['flow', 'elsewhere'] }
  const text = JSON.stringify(request(200))
  const send = (bytes: Buffer, codec: string) =>
    service.as(writer, 'POST', '/v1/traces', bytes, {
      'content-type': 'application/json',
      'content-encoding': codec,
    })
  // of several members, the last one's trailer says what it alone holds
  const members = Buffer.concat([gzipSync(text), ...Array.from({ length: 500 }, () => gzipSync(' '))])
  t.equal(members.readUInt32LE(members.length - 4), 1)
  t.ok(text.length > 2 * members.length)
  t.match(await send(members, 'gzip'), { status: 200, json: { partialSuccess: { rejectedSpans: '2' } } })
  const spaces = deflateSync(`${text}${' '.repeat(12_000_000)}`)
  t.ok(spaces.length > 8 * 1024, 'a thread is asked first')
  t.match(await send(spaces, 'deflate'), { status: 200, json: { partialSuccess: { rejectedSpans: '2' } } })
  const [held] = (await service.parts.metrics.inFlightBytes.get()).values
  t.equal(held?.value, 0, 'and everything is given back')

  const config = { maxBodyBytes: 20_000_000, maxInFlightBytes: 1_000_000 }
  const walk = new Ingest({ ...service.parts, config })
  t.teardown(() => walk.close())
  const other = walk.admission.open('somebody else')
  other.grow(500_000)
  const principal = { workspace: '', subject: 'tests', scopes: new Set<never>(), workflows: ['flow'] }
  const lie = { bytes: spaces, codec: 'deflate', encoding: 'json' as const }
  const refused = walk.admission.open('me')
  await t.rejects(walk.traces(principal, lie, refused), { code: 'TRACE_OVERLOADED' })
  refused.release()
  other.release()
  await t.resolves(walk.traces(principal, lie, walk.admission.open('me')), 'alone it is taken')
})
