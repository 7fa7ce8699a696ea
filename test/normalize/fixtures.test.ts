import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { normalizeRequest } from '../../src/normalize/index.ts'
import { logFixture, traceFixture } from './support/fixture.ts'
import { summaries } from './support/summary.ts'

const goldens = new URL('../fixtures/normalize/', import.meta.url)

/** Captured export, and the captured log records that belong to it. */
const FIXTURES: readonly (readonly [string, string?])[] = [
  ['orcheo-1'],
  ['orcheo-2'],
  ['orcheo-3'],
  ['ai'],
  ['ai-v5'],
  ['arizeai-openinference-instrumentation-openai'],
  ['arizeai-openinference-instrumentation-langchain'],
  ['opentelemetry-instrumentation-openai', 'opentelemetry-instrumentation-openai.logs.json'],
  ['opentelemetry-instrumentation-http'],
]

// With GOLDEN=write the expectations are written anew; review the difference line by line.
for (const [name, logs] of FIXTURES) {
  t.test(name, async (t) => {
    const records = logs === undefined ? new Map() : logFixture(logs)
    const found = summaries(traceFixture(`${name}.json`), (span) => records.get(span.spanId) ?? [])
    const golden = new URL(`${name}.json`, goldens)
    if (process.env.GOLDEN === 'write') writeFileSync(golden, `${JSON.stringify(found, null, 2)}\n`)
    t.same(found, JSON.parse(readFileSync(golden, 'utf8')))
  })
}

t.test('both encodings of an export give the same spans', async (t) => {
  for (const name of ['orcheo-1', 'orcheo-2', 'orcheo-3']) {
    t.same(normalizeRequest(traceFixture(`${name}.pb`)), normalizeRequest(traceFixture(`${name}.json`)))
  }
})

t.test('Orcheo: a node waits without an execution, the root names it, the sums are exact', async (t) => {
  const first = normalizeRequest(traceFixture('orcheo-1.json')).spans
  t.same(
    first.map(({ executionId, kind }) => [kind, executionId]),
    [['node', null]],
  )
  const all = [...first, ...normalizeRequest(traceFixture('orcheo-2.json')).spans]
  t.equal(all.length, 5)
  const sum = (field: 'input' | 'output') => all.reduce((sum, { tokens }) => sum + (tokens[field] ?? 0), 0)
  t.equal(sum('input'), 1594)
  t.equal(sum('output'), 212)
  t.same(
    all.filter(({ status }) => status === 'error').map(({ nodeId }) => nodeId),
    ['publish'],
  )
  const root = all.find(({ parentSpanId }) => parentSpanId === null)
  t.match(root, { kind: 'workflow', executionId: 'exec-0001', workflowId: 'wf-digest' })
})

t.test('the calls of a Vercel agent add up to what the agent reports', async (t) => {
  const { spans } = normalizeRequest(traceFixture('ai.json'))
  const agent = spans.find(({ spanId }) => spanId === '77b371d284f9ae96')
  const calls = spans.filter(({ spanId }) => ['0b4c0734525f6a6a', '82c42b24d31e1f33'].includes(spanId))
  t.equal(agent?.tokensAggregated, true)
  for (const field of ['input', 'output', 'total', 'cachedInput'] as const) {
    t.equal(
      calls.reduce((sum, { tokens }) => sum + (tokens[field] ?? 0), 0),
      agent?.tokens[field],
      field,
    )
  }
})
