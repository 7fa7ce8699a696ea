import t from 'tap'
import { buildExecutionTree } from '../../src/tree/execution-tree.ts'
import type { SlimSpan } from '../../src/tree/slim-span.ts'
import { rowOfSpan, subtreeUsage } from '../../src/tree/subtree.ts'
import { slim, tokens } from './slim.ts'

const key = { executionId: 'outer', fallback: false }
const treeOf = (spans: SlimSpan[]) => buildExecutionTree(spans, key)
const call = (id: string, parent: string, input: number, over: Partial<SlimSpan> = {}) =>
  slim(id, parent, { kind: 'llm', model: 'm', tokens: tokens(input, 1), ...over })

const spans = [
  slim('root', '', { executionId: 'outer' }),
  slim('agent', 'root', { kind: 'agent', tokens: tokens(30, 2), tokensAggregated: true, startNs: 1_010n }),
  call('a', 'agent', 10),
  call('b', 'agent', 20, { status: 'error' }),
  slim('inner', 'agent', { executionId: 'other', startNs: 1_090n }),
  call('c', 'inner', 500),
  slim('tool', 'root', { kind: 'tool', tokens: tokens(7, 3), startNs: 1_050n }),
]

t.test('a part is counted as the whole is: each call once, executions below not at all', async (t) => {
  const tree = treeOf(spans)
  const of = (id: string) => subtreeUsage(tree, rowOfSpan(tree, id))
  const agent = of('agent')
  t.match(agent, { spanCount: 3, errorCount: 1, aggregated: false })
  t.match(agent.usage, { tokens: { input: 30, output: 2 }, llmCalls: 2 })
  t.match(agent.byModel, [{ id: 'm', calls: 2 }])
  t.match(of('a'), { spanCount: 1, usage: { tokens: { input: 10 } } })
  t.match(of('root').usage.tokens, { input: 37, output: 5 })
})

t.test('without a call of a model the outermost report stands for it, and it says so', async (t) => {
  const tree = treeOf(spans)
  const tool = subtreeUsage(tree, rowOfSpan(tree, 'tool'))
  t.match(tool, { aggregated: true, usage: { tokens: { input: 7, output: 3 }, llmCalls: 0 } })
  const bare = treeOf([slim('root', '', { executionId: 'outer' })])
  t.match(subtreeUsage(bare, 0), { aggregated: false, usage: { tokens: { input: null, total: null } } })
})

t.test('a span is found by its id, the earliest of several, and no other execution’s', async (t) => {
  const twice = treeOf([
    ...spans,
    slim('root', '', { executionId: 'outer', traceId: 't2', startNs: 900n, tokens: tokens(1, 1) }),
  ])
  const traceOf = (row: number) => twice.spans[twice.order.positions[row] as number]?.traceId
  t.equal(traceOf(rowOfSpan(twice, 'root')), 't2')
  t.equal(traceOf(rowOfSpan(twice, 'root', 't1')), 't1')
  t.equal(rowOfSpan(twice, 'inner'), -1)
  t.equal(rowOfSpan(twice, 'nobody'), -1)
})
