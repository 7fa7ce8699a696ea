import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Skeleton, Summary } from '../../src/http/schemas/trace.ts'
import type { Span } from '../../src/model/span.ts'
import { type Columns, joinPages } from '../../src/tab/model/columns.ts'
import { extentOf } from '../../src/tab/model/timeline.ts'
import { usageOverTime } from '../../src/tab/model/usage.ts'
import { nodeStates } from '../../src/tab/nodes.ts'
import { span } from '../helpers/span.ts'
import { type RealService, realService } from '../http/real-service.ts'
import { handMade } from '../normalize/hand-made/index.ts'
import { normalized } from '../normalize/support/sent.ts'

/**
 * What the tab sums up of rows is what the service says of the execution: for every captured export, every hand-made
 * set of spans, and the cases in which a call is seen twice.
 */
const writer = { workspace: 'default', workflows: ['*'] }
const reader = { scope: 'traces:read content:read' }
const captured = new URL('../fixtures/otlp/', import.meta.url)

const used = (input: number | null, output: number | null, over: Partial<Span> = {}): Partial<Span> => ({
  tokens: { input, output, total: null, cachedInput: null, cacheWriteInput: null, reasoningOutput: null },
  ...over,
})
const call = (input: number | null, output: number | null, over: Partial<Span> = {}) =>
  used(input, output, { kind: 'llm', model: 'm', ...over })
const named = (executionId: string, over: Partial<Span> = {}) => ({ executionId, workflowId: 'wf', ...over })
const node = (nodeId: string, over: Partial<Span> = {}): Partial<Span> => ({
  kind: 'node',
  nodeId,
  nodeName: nodeId,
  ...over,
})

/** Executions in which what rows say must not simply be added up. */
const twice: Span[][] = [
  [
    span('e1', '1', null, named('twins')),
    span('e1', '2', '1', call(null, null, { responseId: 'r' })),
    span('e1', '3', '1', call(50, 7, { responseId: 'r', cost: { amount: '0.01', source: 'reported' } })),
    span('e1', '4', '1', call(50, 7, { responseId: 'other' })),
  ],
  [
    span('e2', '1', null, named('nested')),
    span('e2', '2', '1', call(10, 2)),
    span('e2', '3', '2', call(10, 2)),
    span('e2', '4', '1', call(5, 1, { responseId: 'spoken-for' })),
    span('e2', '5', '4', call(null, null)),
  ],
  [
    span('e3', '1', null, named('reports')),
    span('e3', '2', '1', used(30, 6, { kind: 'agent' })),
    span('e3', '3', '2', call(30, 6)),
    span('e3', '4', '1', used(7, 3, { kind: 'agent' })),
    span('e3', '5', '4', used(7, 3)),
  ],
  [
    span('e4', '1', null, named('outer')),
    span('e4', '2', '1', call(1, 1)),
    span('e4', '3', '1', named('inner', { ...node('called'), kind: 'workflow' })),
    span('e4', '4', '3', call(100, 100)),
  ],
  [
    span('e5', '1', null, named('nodes')),
    span('e5', '2', '1', node('plan')),
    span('e5', '3', '2', { ...call(3, 1), nodeId: 'plan' }),
    span('e5', '4', '1', node('plan', { status: 'error' })),
    span('e5', '5', '4', node('inner')),
    span('e5', '6', '5', { ...call(4, 1), nodeId: 'inner' }),
    // a call that stands for a node itself
    span('e5', '7', '1', { ...call(5, 1), nodeId: 'summarize' }),
    span('e5', '8', '7', call(5, 1)),
  ],
]

/** Every execution that a reader is shown, as the tab reads it: the skeleton in pages, and the summary. */
async function executions(service: RealService) {
  const get = async (path: string) => {
    const answer = await service.as(reader, 'GET', path)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`)
    return answer
  }
  const found: { summary: Summary; skeleton: Skeleton }[] = []
  for (const { workflow_id } of (await get('/api/workflows')).json) {
    const { json } = await get(`/api/workflows/${encodeURIComponent(workflow_id)}/executions?limit=200`)
    for (const { execution_id } of json) {
      const path = `/api/executions/${encodeURIComponent(execution_id)}/trace`
      const summary = (await get(`${path}/summary`)).json as Summary
      const pages: Skeleton[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const next: string = cursor === '' ? '' : `&cursor=${cursor}`
        const page = (await get(`${path}?view=skeleton&limit=3${next}`)).json as Skeleton
        pages.push(page)
        cursor = page.page_info.cursor
      }
      const [first] = pages as [Skeleton]
      found.push({ summary, skeleton: { ...first, columns: joinPages(pages.map((page) => page.columns)) } })
    }
  }
  return found
}

/** The sum of a column over rows: null = none of them says a number. */
function sum(values: readonly (number | string | null)[], rows: readonly number[]): number | null {
  const known = rows.map((row) => values[row] ?? null).filter((value) => value !== null)
  return known.length === 0 ? null : rounded(known.reduce<number>((all, value) => all + Number(value), 0))
}

const rounded = (money: number | string | null) => (money === null ? null : Number(Number(money).toFixed(9)))

function agree(t: Test, columns: Columns, { summary, skeleton }: { summary: Summary; skeleton: Skeleton }) {
  const of = summary.execution_id
  const rows = columns.counted.flatMap((counted, row) => (counted ? [row] : []))
  t.equal(sum(columns.input_tokens, rows), summary.tokens.input, `${of}: tokens in`)
  t.equal(sum(columns.output_tokens, rows), summary.tokens.output, `${of}: tokens out`)
  t.equal(sum(columns.cost, rows), rounded(summary.cost.amount), `${of}: cost`)
  for (const model of summary.by_model) {
    const own = rows.filter((row) => columns.model[row] === model.model)
    const same = summary.by_model.filter((one) => one.model === model.model)
    const told = same.map((one) => one.tokens.input).filter((one) => one !== null)
    const all = told.length === 0 ? null : told.reduce((a, b) => a + b, 0)
    t.equal(sum(columns.input_tokens, own), all, `${of}: tokens of ${model.model}`)
  }
  const slices = usageOverTime(columns, extentOf(columns, 0), 7)
  const input = slices.reduce((all, slice) => all + slice.input, 0)
  t.equal(input, summary.tokens.input ?? 0, `${of}: tokens over time`)
  if (summary.by_node.length === 0) return
  const states = nodeStates(skeleton, Date.parse(summary.started_at ?? ''))
  const seen = [...states].map(([id, { runs, errors, inputTokens, outputTokens, cost }]) => [
    ...[id, runs, errors, inputTokens, outputTokens, rounded(cost)],
  ])
  const told = summary.by_node.map(({ node_id, calls, errors, tokens, cost }) => [
    ...[node_id, calls, errors, tokens.input, tokens.output, rounded(cost.amount)],
  ])
  t.same(seen.sort(), told.sort(), `${of}: by node`)
}

t.test('what the tab sums up is what the service says', async (t) => {
  const service = await realService(t)
  for (const name of readdirSync(captured).filter((one) => /^(?!.*\.logs).*\.json$/.test(one))) {
    const body = readFileSync(new URL(name, captured))
    const headers = { 'content-type': 'application/json' }
    const { status } = await service.as({ scope: 'traces:write' }, 'POST', '/v1/traces', body, headers)
    t.equal(status, 200, name)
  }
  for (const [n, { spans, resource, scope }] of Object.values(handMade).entries()) {
    const from = { ...(resource ? { resource } : {}), ...(scope ? { scope } : {}) }
    const traceId = `ad${n}`.padStart(32, '0')
    await service.store.writeSpans(
      writer,
      spans.map((sent) => ({ ...normalized({ ...sent, ...from }), traceId })),
    )
  }
  for (const spans of twice) await service.store.writeSpans(writer, spans)

  const found = await executions(service)
  t.ok(found.length > 25, `${found.length} executions`)
  for (const one of found) agree(t, one.skeleton.columns, one)

  const told = (id: string) => found.find(({ summary }) => summary.execution_id === id)?.summary
  t.match(told('twins')?.tokens, { input: 100, output: 14 })
  t.match(told('nested')?.tokens, { input: 15, output: 3 })
  t.match(told('reports')?.tokens, { input: 37, output: 9 })
  t.match(told('outer')?.tokens, { input: 1, output: 1 })
  t.match(told('nodes')?.tokens, { input: 12, output: 3 })
})

t.test('of an execution that was rolled up before this was kept, it is worked out', async (t) => {
  const service = await realService(t)
  for (const spans of twice) await service.store.writeSpans(writer, spans)
  await executions(service)
  await service.database.work.query('update executions set counted_rows = null')
  for (const one of await executions(service)) agree(t, one.skeleton.columns, one)
})
