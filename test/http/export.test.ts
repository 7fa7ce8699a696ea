import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import type { Attributes } from '../../src/model/attributes.ts'
import type { OtlpSpan, Resource, Scope, TraceRequest } from '../../src/model/otlp.ts'
import type { Span } from '../../src/model/span.ts'
import { normalizeRequest } from '../../src/normalize/index.ts'
import { decodeTraceRequest, encodeTraceRequestJson } from '../../src/otlp/index.ts'
import { redactSpan } from '../../src/redact/index.ts'
import { traceRequest } from '../otlp/arbitraries.ts'
import { type RealService, realService } from './real-service.ts'

t.setTimeout(120_000)

const json = { 'content-type': 'application/json' }
const all = { scope: 'traces:read content:read traces:write' }

type Whole = OtlpSpan & { resource: Resource; scope: Scope }

/** Every span of a request with its resource and scope, by trace and span id. */
function spansOf(request: TraceRequest): Map<string, Whole> {
  const spans = new Map<string, Whole>()
  for (const { resource, scopeSpans } of request.resourceSpans) {
    for (const { scope, spans: members } of scopeSpans) {
      for (const span of members) spans.set(span.traceId + span.spanId, { ...span, resource, scope })
    }
  }
  return spans
}

/** What an export must say of a span that was stored as this. */
function told(span: Span): Whole {
  const { traceId, spanId, traceState, flags, name, startNs, events, links, resource, scope } = span
  return {
    ...{ traceId, spanId, traceState, flags, name, startNs, events, links, resource, scope },
    parentSpanId: span.parentSpanId ?? '',
    kind: span.otelKind,
    endNs: span.endNs ?? 0n,
    attributes: new Map([...span.attributes, ...span.content]),
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    statusCode: span.statusCode,
    statusMessage: span.statusMessage,
    defect: null,
    clean: false,
    repairs: [],
  }
}

/** Attributes are a set: neither the order of keys nor the class of byte arrays is part of it. */
function comparable(value: unknown): unknown {
  if (value instanceof Map) {
    return new Map(
      [...(value as Attributes)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => [key, comparable(item)]),
    )
  }
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]))
}

async function exportOf(service: RealService, id: string, claims: object = all) {
  const answer = await service.as(claims, 'GET', `/api/executions/${encodeURIComponent(id)}/trace/export`)
  return { ...answer, request: decodeTraceRequest(Buffer.from(answer.text), 'json') }
}

/** The whole skeleton, without what depends on the bytes of the stored rows. */
async function skeletonOf(service: RealService, id: string, claims: object) {
  const path = `/api/executions/${encodeURIComponent(id)}/trace?view=skeleton&limit=10000`
  const { json: page } = await service.as(claims, 'GET', path)
  const { tree_version: _version, stream_from: _from, ...execution } = page.execution
  const { notices: _notices, ...columns } = page.columns
  return { execution, total: page.total, columns }
}

let count = 0

/** The request with ids that can be stored: one trace, each span once, parents anywhere in it or missing. */
function storable(request: TraceRequest): { request: TraceRequest; traceId: string } {
  const traceId = (++count).toString(16).padStart(32, 'a')
  let spans = 0
  for (const { scopeSpans } of request.resourceSpans) {
    for (const { spans: members } of scopeSpans) {
      for (const span of members) {
        span.traceId = traceId
        span.parentSpanId = [0, 1, 99].map((n) => (spans + n).toString(16).padStart(16, '0'))[spans % 3] ?? ''
        if (/^0*$/.test(span.parentSpanId)) span.parentSpanId = ''
        span.spanId = (++spans).toString(16).padStart(16, '0')
      }
    }
  }
  return { request, traceId }
}

t.test('what went in comes out, and imports as the same tree', async (t) => {
  const service = await realService(t)
  const redactor = await service.parts.redactorOf('default')
  const property = fc.asyncProperty(traceRequest, async (generated) => {
    const { request, traceId } = storable(generated)
    const body = Buffer.from(encodeTraceRequestJson(request))
    const { spans } = normalizeRequest(decodeTraceRequest(body, 'json'))
    if (spans.length === 0) return
    const sent = await service.as(all, 'POST', '/v1/traces', body, json)
    t.equal(sent.status, 200)
    const exported = await exportOf(service, traceId)
    const expected = new Map(
      spans.map((span) => [span.traceId + span.spanId, told(redactSpan(span, redactor).span)]),
    )
    t.strictSame(comparable(spansOf(exported.request)), comparable(expected))
    const other = { ...all, workspace: 'other' }
    t.equal((await service.as(other, 'POST', '/v1/traces', Buffer.from(exported.text), json)).status, 200)
    t.strictSame(await skeletonOf(service, traceId, other), await skeletonOf(service, traceId, all))
    t.strictSame(comparable(spansOf((await exportOf(service, traceId, other)).request)), comparable(expected))
  })
  await fc.assert(property, { numRuns: 20 })
})

t.test('executions of real engines import as the same tree', async (t) => {
  const service = await realService(t)
  const folder = join(import.meta.dirname, '../fixtures/otlp')
  const files = readdirSync(folder).filter((file) => /^[\w-]+\.json$/.test(file))
  t.ok(files.length > 3, `${files.length} fixtures`)
  const other = { ...all, workspace: 'other' }
  for (const file of files) {
    const body = readFileSync(join(folder, file))
    t.equal((await service.as(all, 'POST', '/v1/traces', body, json)).status, 200)
    for (const workflow of (await service.as(all, 'GET', '/api/workflows')).json) {
      const path = `/api/workflows/${encodeURIComponent(workflow.workflow_id)}/executions?limit=200`
      for (const { execution_id: id } of (await service.as(all, 'GET', path)).json) {
        const exported = await exportOf(service, id)
        await service.as(other, 'POST', '/v1/traces', Buffer.from(exported.text), json)
        t.strictSame(
          await skeletonOf(service, id, other),
          await skeletonOf(service, id, all),
          `${file} ${id}`,
        )
      }
    }
    await service.database.ingest.query('truncate spans, executions, execution_traces, dirty_traces')
  }
})

const value = (text: string) => ({ stringValue: text })

function spanOf(spanId: string, parentSpanId: string, attributes: Record<string, string>, rest: object = {}) {
  return {
    traceId: 'b'.repeat(32),
    spanId: spanId.padStart(16, '0'),
    ...(parentSpanId === '' ? {} : { parentSpanId: parentSpanId.padStart(16, '0') }),
    name: `span ${spanId}`,
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now()}000001`,
    attributes: Object.entries(attributes).map(([key, text]) => ({ key, value: value(text) })),
    ...rest,
  }
}

const send = (service: RealService, spans: object[]) =>
  service.as(
    all,
    'POST',
    '/v1/traces',
    Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })),
    json,
  )

t.test('each reader gets what they may see, and only the execution that they asked for', async (t) => {
  const service = await realService(t)
  const mail = 'jane.doe@example.org'
  const prompt = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: `write to ${mail}` }] }])
  const message = { name: 'gen_ai.user.message', attributes: [{ key: 'content', value: value(mail) }] }
  await send(service, [
    spanOf('1', '', {
      'workflow.execution.id': 'outer "1"/ü',
      'workflow.id': 'w',
    }),
    spanOf(
      '2',
      '1',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': prompt, note: mail },
      { events: [message] },
    ),
    spanOf('3', '1', { 'workflow.execution.id': 'inner', 'workflow.id': 'w2' }),
  ])
  const id = 'outer "1"/ü'
  const full = await exportOf(service, id)
  t.equal(full.status, 200)
  t.strictSame([...spansOf(full.request).values()].map((span) => span.name).sort(), ['span 1', 'span 2'])
  t.match(full.headers['content-disposition'], /^attachment; filename="trace-/)
  t.match(full.headers['content-type'], /^application\/json/)
  t.equal(full.headers['cache-control'], 'private, no-store')
  t.match(full.text, 'write to [redacted:email]')
  t.notMatch(full.text, mail)
  const bare = await exportOf(service, id, { scope: 'traces:read' })
  t.notMatch(bare.text, 'write to')
  const event = [...spansOf(bare.request).values()].flatMap((span) => span.events)[0]
  t.equal(event?.attributes.size, 0, 'content of events is content')
  t.match(bare.text, '"note"')

  const path = `/api/executions/${encodeURIComponent(id)}/trace/export`
  t.equal((await service.as({ scope: 'traces:write' }, 'GET', path)).status, 403)
  const missing = await service.as(all, 'GET', '/api/executions/nothing/trace/export')
  const hidden = await service.as({ ...all, workflows: ['z'] }, 'GET', path)
  t.equal(missing.status, 404)
  t.equal(hidden.text, missing.text)
  t.equal((await service.as({ ...all, workspace: 'other' }, 'GET', path)).text, missing.text)
})

t.test('a big execution comes in pieces, and is one document', async (t) => {
  const service = await realService(t)
  const content = 'word '.repeat(4_000)
  for (let from = 0; from < 1_200; from += 300) {
    const spans = Array.from({ length: 300 }, (_, n) =>
      spanOf((from + n + 1).toString(16), from + n === 0 ? '' : '1', {
        'input.value': `${from + n} ${content}`,
      }),
    )
    t.equal((await send(service, spans)).status, 200)
  }
  const { found, batches } = await batchesOf(service, 'b'.repeat(32))
  t.equal(found, 1_200)
  t.ok(batches.length >= 4, `${batches.length} batches`)
  t.ok(
    batches.every((size) => size < 6_000_000),
    String(batches),
  )
  const exported = await exportOf(service, 'b'.repeat(32))
  t.equal(spansOf(exported.request).size, 1_200)
})

async function batchesOf(service: RealService, id: string) {
  const principal = { subject: 's', workspace: 'default', workflows: ['*'], scopes: new Set<never>() }
  const { value: known, stale } = await service.store.read.execution(principal, id)
  if (known === null) throw new Error('it is not there')
  const tree = await service.store.read.tree(known, stale)
  const batches: number[] = []
  let found = 0
  for await (const batch of service.store.read.batches(known.execution.realm, tree.spans)) {
    found += batch.length
    batches.push(batch.reduce((sum, span) => sum + String(span.content.get('input.value')).length, 0))
  }
  return { found, batches }
}
