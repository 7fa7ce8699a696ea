import t from 'tap'
import { buildExecutionTree } from '../../src/tree/execution-tree.ts'
import { amountOf } from '../../src/tree/money.ts'
import { rollUp } from '../../src/tree/roll-up.ts'
import type { SlimSpan } from '../../src/tree/slim-span.ts'
import { usageByModel, usageByNode } from '../../src/tree/usage-groups.ts'
import { slim, tokens } from './slim.ts'

const tree = (spans: SlimSpan[]) => buildExecutionTree(spans, { executionId: 't1', fallback: true })
const total = (spans: SlimSpan[]) => {
  const { usage } = rollUp(tree(spans))
  return [usage.tokens.input, usage.tokens.output]
}
const llm = (
  id: string,
  parent: string,
  input: number | null,
  output: number | null,
  over: Partial<SlimSpan> = {},
) => slim(id, parent, { kind: 'llm', tokens: tokens(input, output), ...over })

t.test('only model calls without a model call below them count', async (t) => {
  const agent = slim('agent', '', { kind: 'agent', tokens: tokens(30, 6) })
  t.same(total([agent, llm('a', 'agent', 10, 2), llm('b', 'agent', 20, 4)]), [30, 6])
  t.same(total([llm('wrapper', '', 10, 2), llm('call', 'wrapper', 10, 2)]), [10, 2])
})

t.test('a subtree without model calls is told by its outermost report', async (t) => {
  const node = slim('node', 'root', { kind: 'node', tokens: tokens(7, 3) })
  t.same(
    total([slim('root'), node, slim('below', 'node', { tokens: tokens(7, 3) }), llm('x', 'root', 1, 1)]),
    [8, 4],
  )
})

t.test('a crew’s usage is not added to the running totals of its agents', async (t) => {
  const agents = [slim('task1', 'crew'), slim('task2', 'crew')].flatMap((task, i) => [
    task,
    slim(`agent${i}`, task.spanId, {
      kind: 'agent',
      tokens: tokens(57 * (i + 1), 17 * (i + 1)),
      tokensAggregated: true,
    }),
  ])
  const crew = slim('crew', '', { kind: 'workflow', tokens: tokens(114, 34), tokensAggregated: true })
  t.same(total([crew, ...agents]), [114, 34])
})

t.test('unknown stays unknown, and is not 0', async (t) => {
  t.same(total([slim('root'), llm('a', 'root', null, null)]), [null, null])
  t.same(total([slim('root'), llm('a', 'root', null, null), llm('b', 'root', 5, null)]), [5, null])
})

t.test('the total counts a call that gave only one side', async (t) => {
  const spans = [
    slim('root'),
    llm('a', 'root', 5, 1),
    slim('e', 'root', { kind: 'embedding', tokens: tokens(10, null) }),
  ]
  t.equal(rollUp(tree(spans)).usage.tokens.total, 16)
})

t.test('two instrumentations of one call count once; a repeated id on another call counts', async (t) => {
  const same = { responseId: 'r1' }
  t.same(total([slim('root'), llm('a', 'root', 5, 1, same), llm('b', 'root', 5, 1, same)]), [5, 1])
  t.same(
    total([slim('root'), llm('a', 'root', 5, 1, same), llm('b', 'root', 5, 1, { ...same, startNs: 9_000n })]),
    [10, 2],
  )
})

t.test('of two instrumentations of one call the one that tells more counts', async (t) => {
  const same = { responseId: 'r1' }
  const silent = llm('silent', 'root', null, null, same)
  const telling = llm('telling', 'root', 5, 1, { ...same, startNs: 1_050n })
  t.same(total([slim('root'), silent, telling]), [5, 1], 'whichever began first')
  t.same(total([slim('root'), { ...silent, startNs: 1_060n }, telling]), [5, 1])
  t.equal(rollUp(tree([slim('root'), silent, telling])).usage.llmCalls, 1)
})

t.test('a call that tells nothing is told by the same call around it', async (t) => {
  const outer = llm('outer', 'root', 5, 1, { cost: '0.1' })
  const inner = llm('inner', 'outer', null, null)
  t.same(total([slim('root'), outer, inner]), [5, 1])
  t.match(rollUp(tree([slim('root'), outer, inner])).usage, { llmCalls: 1, money: { unknownCalls: 0 } })
  t.same(total([slim('root'), outer, inner, llm('other', 'outer', 2, 1)]), [2, 1], 'two calls are not one')
  t.same(total([slim('root'), outer, inner, llm('other', 'outer', null, null)]), [null, null])
  t.same(total([slim('root'), llm('empty', 'root', null, null), llm('in', 'empty', 3, 1)]), [3, 1])
})

t.test('of two instrumentations of one call, one in the other, the one that tells more counts', async (t) => {
  const full = { cost: '0.1', costEstimated: true }
  const partial = llm('sdk', 'chat', 5, null, { model: 'inner' })
  t.same(total([slim('root'), llm('chat', 'root', 5, 1, full), partial]), [5, 1], 'the SDK saw no end')
  const both = [slim('root'), llm('chat', 'root', 5, 1, full), llm('sdk', 'chat', 5, 1, full)]
  t.same(total(both), [5, 1])
  const models = (spans: SlimSpan[]) => usageByModel(tree(spans)).map(({ id, calls }) => [id, calls])
  const priced = llm('chat', 'root', 5, 1, { cost: '0.2', model: 'outer' })
  t.same(models([slim('root'), priced, { ...partial, tokens: tokens(5, 1), ...full }]), [['outer', 1]])
  t.same(
    models([slim('root'), { ...priced, ...full }, { ...partial, tokens: tokens(5, 1), ...full }]),
    [['inner', 1]],
    'of equal ones the inner, which is nearest to the call',
  )
  const step = slim('step', 'chat', { kind: 'internal' })
  const deeper = llm('http', 'sdk', null, null)
  t.same(
    total([slim('root'), priced, step, llm('sdk', 'step', 5, 1), deeper]),
    [5, 1],
    'three, with a step between',
  )
  const search = slim('search', 'chat', { kind: 'embedding', tokens: tokens(7, null) })
  t.same(total([slim('root'), priced, search, partial]), [12, null], 'calls of two kinds are not one')
})

t.test('a chain of 20,000 calls in calls is one call', async (t) => {
  const chain = Array.from({ length: 20_000 }, (_, i) => llm(`c${i}`, i === 0 ? '' : `c${i - 1}`, 5, 1))
  t.same(total(chain), [5, 1])
  t.same(total([...chain, llm('other', 'c19998', 2, 2)]), [7, 3], 'its end is two')
})

t.test('money is exact, and says where it is from and what is missing', async (t) => {
  const spans = [
    slim('root'),
    llm('a', 'root', 1, 1, { cost: '0.1' }),
    llm('b', 'root', 1, 1, { cost: '0.2', costEstimated: true }),
    llm('c', 'root', 1, 1),
  ]
  const { money } = rollUp(tree(spans)).usage
  t.equal(amountOf(money.pico ?? 0n), '0.3')
  t.same([money.source, money.unknownCalls], ['mixed', 1])
})

t.test('usage by model and by node adds up to the total', async (t) => {
  const spans = [
    slim('root'),
    slim('n1', 'root', { kind: 'node', nodeId: 'plan', nodeName: 'Plan', startNs: 1_100n }),
    llm('a', 'n1', 10, 1, { model: 'm1' }),
    slim('n2', 'root', { kind: 'node', nodeId: 'plan', startNs: 1_200n }),
    llm('b', 'n2', 20, 2, { model: 'm2' }),
    slim('inner', 'n2', { kind: 'node', nodeId: 'inner' }),
    llm('c', 'inner', 40, 4, { model: 'm1' }),
  ]
  const inputs = (
    groups: { id: string | null; calls: number; usage: { tokens: { input: number | null } } }[],
  ) => groups.map((group) => [group.id, group.calls, group.usage.tokens.input])
  t.same(inputs(usageByModel(tree(spans))), [
    ['m1', 2, 50],
    ['m2', 1, 20],
  ])
  t.same(inputs(usageByNode(tree(spans))), [
    ['plan', 2, 30],
    ['inner', 1, 40],
  ])
})

t.test('an error is told once, at the deepest span that raised it', async (t) => {
  const error = { status: 'error' as const, errorMessage: 'boom' }
  const spans = [
    slim('root', '', error),
    slim('step', 'root', error),
    slim('call', 'step', error),
    slim('other', 'root', error),
  ]
  const roll = rollUp(tree(spans))
  t.same([roll.errorCount, roll.status, roll.errorMessage], [2, 'failed', 'boom'])
})

t.test('an execution runs until its root ends, and is complete when nothing is missing', async (t) => {
  const running = slim('root', '', { endNs: null, status: 'running' })
  t.match(rollUp(tree([running, slim('done', 'root')])), {
    status: 'running',
    endedNs: null,
    complete: false,
  })
  t.match(rollUp(tree([slim('waiting', 'gone')])), {
    status: 'running',
    hasRoot: false,
    complete: false,
    notices: [{ code: 'missing_parent' }],
  })
  t.match(rollUp(tree([slim('root'), slim('waiting', 'gone')])), { status: 'completed', complete: false })
  t.match(rollUp(tree([slim('root'), slim('a', 'root')])), {
    status: 'completed',
    complete: true,
    startedNs: 1_000n,
    endedNs: 1_100n,
  })
})
