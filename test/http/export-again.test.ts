import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { encodeTraceRequestJson } from '../../src/otlp/index.ts'
import { handMade } from '../normalize/hand-made/index.ts'
import { otlpSpan, resourceOf, scopeOf } from '../normalize/support/sent.ts'
import { type Answer, type RealService, realService } from './real-service.ts'

t.setTimeout(240_000)

const claims = { scope: 'traces:write traces:read content:read' }
const json = { 'content-type': 'application/json' }
const fixtures = new URL('../fixtures/otlp/', import.meta.url)

/** What was sent under another workspace and what came back from it say the same of every span. */
async function again(t: Test, service: RealService, name: string, bodies: { traces: string; logs?: string }) {
  const as = (workspace: string) => (method: string, path: string, body?: unknown) =>
    service.as({ ...claims, workspace }, method, path, body, body === undefined ? {} : json)
  const [first, second] = [as(`${name}-1`), as(`${name}-2`)]
  accepted(t, await first('POST', '/v1/traces', bodies.traces))
  if (bodies.logs !== undefined) accepted(t, await first('POST', '/v1/logs', bodies.logs))
  const before = await executionsOf(first)
  t.ok(before.length > 0, `${name} has executions`)
  for (const id of before) {
    const exported = (await first('GET', `/api/executions/${id}/trace/export`)).text
    accepted(t, await second('POST', '/v1/traces', exported))
    if (exported.includes('"resourceLogs"')) accepted(t, await second('POST', '/v1/logs', exported))
  }
  t.strictSame(await executionsOf(second), before)
  for (const id of before) t.strictSame(await modelOf(second, id), await modelOf(first, id), `${name} ${id}`)
}

type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>

function accepted(t: Test, answer: Answer) {
  if (answer.text !== '{}') t.fail(`${answer.status} ${answer.text}`)
}

async function executionsOf(ask: Ask): Promise<string[]> {
  const ids: string[] = []
  const { json: workflows } = await ask('GET', '/api/workflows')
  for (const { workflow_id: id } of workflows.workflows ?? workflows) {
    const { json: list } = await ask('GET', `/api/workflows/${encodeURIComponent(id)}/executions?limit=200`)
    for (const one of list) ids.push(encodeURIComponent(one.execution_id))
  }
  return ids.sort()
}

/** What the receiver did to a span the first time; there is nothing left to do. */
const DONE = new Set(['redacted', 'parent_never_exported'])

function withoutDone(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDone)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => {
    const kept = key === 'notices' ? (item as { code: string }[]).filter(({ code }) => !DONE.has(code)) : item
    return [key, withoutDone(kept)]
  })
  return Object.fromEntries(entries)
}

/** The tree, the summary and every span with its messages. */
async function modelOf(ask: Ask, id: string) {
  const { json: trace } = await ask('GET', `/api/executions/${id}/trace`)
  const spans = []
  for (const { span_id: span } of trace.spans) {
    const { json } = await ask('GET', `/api/executions/${id}/spans/${span}`)
    spans.push(json)
  }
  const { json: summary } = await ask('GET', `/api/executions/${id}/trace/summary`)
  return withoutDone({ trace, spans, summary })
}

t.test('what is exported and sent again says the same: every captured export', async (t) => {
  const service = await realService(t)
  const names = readdirSync(fixtures).filter((name) => name.endsWith('.json') && !name.includes('.logs.'))
  const read = (name: string) => readFileSync(new URL(name, fixtures), 'utf8')
  for (const name of names) {
    if (name.startsWith('orcheo')) continue
    const logs =
      name === 'opentelemetry-instrumentation-openai.json'
        ? { logs: read(name.replace('.json', '.logs.json')) }
        : {}
    await again(t, service, name.replace('.json', ''), { traces: read(name), ...logs })
  }
  // three parts of one story
  const all = ['orcheo-1', 'orcheo-2', 'orcheo-3'].flatMap(
    (name) => JSON.parse(read(`${name}.json`)).resourceSpans,
  )
  await again(t, service, 'orcheo', { traces: JSON.stringify({ resourceSpans: all }) })
})

t.test('and every hand-made set', async (t) => {
  const service = await realService(t)
  for (const [name, { spans, resource, scope }] of Object.entries(handMade)) {
    const request = {
      resourceSpans: [
        {
          resource: resourceOf(resource),
          scopeSpans: [{ scope: scopeOf(scope), spans: spans.map((sent) => otlpSpan(sent)) }],
        },
      ],
    }
    await again(t, service, name, { traces: encodeTraceRequestJson(request) })
  }
})
