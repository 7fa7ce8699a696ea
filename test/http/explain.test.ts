import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { ExplainReport } from '../../src/ingest/explain.ts'
import { bearer, service } from './service.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/otlp/${name}`, import.meta.url))
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const key = `sk-proj-${'Ab3dEf6hIj9k'.repeat(4)}`
const ids = (n: number) => ({
  traceId: 'a'.repeat(32),
  spanId: String(n).repeat(16),
  startTimeUnixNano: '5',
  endTimeUnixNano: '9',
})

async function explain(url: string, body: Buffer | string, claims: object = {}, headers: object = {}) {
  const answer = await fetch(`${url}/v1/traces?explain=1`, {
    method: 'POST',
    headers: { ...bearer(claims as never), 'content-type': 'application/json', ...headers },
    body: body as BodyInit,
  })
  return { status: answer.status, report: (await answer.json()) as ExplainReport }
}

t.test('what would be stored, how it was understood, and from which attribute', async (t) => {
  const { url, store } = await service(t)
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' }
  const { status, report } = await explain(url, gzipSync(fixture('orcheo-2.pb')), {}, headers)
  t.equal(status, 200)
  t.equal(store.written.length, 0, 'nothing is written')
  t.equal(report.spans_received, report.spans_stored)
  t.equal(report.message, '')
  const from = (n: number) => new Map(report.spans[n]?.fields.map(({ field, from }) => [field, from]))
  const root = report.spans.findIndex(({ kind }) => kind === 'workflow')
  t.ok(root >= 0, 'the root is a workflow')
  t.equal(from(root).get('executionId'), 'orcheo.execution.id')
  t.equal(from(root).get('workflowId'), 'orcheo.workflow.id')
  t.ok(report.spans[root]?.families.includes('orcheo'))
  const node = report.spans.findIndex(({ kind }) => kind === 'llm')
  t.equal(from(node).get('inputTokens') !== undefined, true)
  for (const span of report.spans) t.not(span.kind_from, '')
})

t.test('what would be redacted, truncated and refused, and never a value', async (t) => {
  const { url, store, parts, log } = await service(t)
  const spans = [
    { ...ids(1), name: 'canary-name', attributes: [text('gen_ai.prompt', `canary-content ${key}`)] },
    { ...ids(2), name: 'b', attributes: [text('gen_ai.request.model', 'canary-long '.repeat(10_000))] },
    { ...ids(3), spanId: '00', name: 'c' },
    { ...ids(4), name: 'd', attributes: [text('workflow.id', 'theirs')] },
    { ...ids(5), name: 'e', attributes: [text(`${key}`, 'x')] },
  ]
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
  const { report } = await explain(url, body, { workflows: ['mine'] })
  const [secret, long, bad, theirs, inKey] = report.spans
  t.match(secret, { stored: true, refused: null, content: ['gen_ai.prompt'] })
  t.ok(Object.values(secret?.redacted ?? {}).some((times) => times === 1))
  t.ok(long?.notices.some(({ code }) => code === 'truncated'))
  t.match(bad, { stored: false, refused: 'bad_span_id', kind: null })
  t.match(theirs, { stored: false, refused: 'workflow_denied' })
  t.equal(inKey?.stored, true)
  t.match(report, { spans_received: 5, spans_stored: 3, spans_not_listed: 0 })
  t.strictSame(
    report.refused.map(({ reason, count }) => [reason, count]),
    [
      ['bad_span_id', 1],
      ['workflow_denied', 1],
    ],
  )
  t.match(report.message, /1 refused \(bad_span_id\)/)
  t.notMatch(JSON.stringify(report), /canary|sk-proj/)
  t.notMatch(log.join(''), /canary|sk-proj/)
  t.equal(store.written.length, 0)
  t.notMatch(await parts.metrics.registry.metrics(), /spans_refused_total\{/, 'a dry run counts nothing')
})

t.test('it needs the right to write, and a body that can be decoded', async (t) => {
  const { url } = await service(t)
  t.equal((await explain(url, '{}', { scope: 'traces:read' })).status, 403)
  t.equal((await explain(url, '{"resourceSpans":')).status, 400)
  t.match((await explain(url, '{}')).report, { spans_received: 0, spans: [] })
})

t.test('what looks like a dry run and is none stores nothing', async (t) => {
  const { url, store, parts } = await service(t)
  parts.store.writeLogs = async () => {
    t.fail('log records were stored')
    return 0
  }
  const span = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...ids(1), name: 'a' }] }] }] })
  for (const path of [
    '/v1/traces?explain',
    '/v1/traces?explain=true',
    '/v1/traces?explain=1&explain=1',
    '/api/public/otel/v1/traces?explain=0',
    '/v1/logs?explain=1',
  ]) {
    const headers = { ...bearer(), 'content-type': 'application/json' }
    const answer = await fetch(url + path, { method: 'POST', headers, body: span })
    t.equal(answer.status, 400, path)
    t.match(await answer.json(), { code: 3, message: /dry run/ })
  }
  t.equal(store.written.length, 0)
})
