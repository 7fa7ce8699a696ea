import fc from 'fast-check'
import t from 'tap'
import {
  buildExecutionTree,
  executionsOf,
  missingParent,
  resolveSpans,
} from '../../src/tree/execution-tree.ts'
import { nearestRoots } from '../../src/tree/order.ts'
import type { SlimSpan } from '../../src/tree/slim-span.ts'
import { slim } from './slim.ts'

const fallback = { executionId: 't1', fallback: true }

const shape = (spans: SlimSpan[], key = fallback) => {
  const tree = buildExecutionTree(spans, key)
  return Array.from(tree.order.positions, (position, row) => {
    return `${'.'.repeat(tree.order.depths[row] as number)}${tree.spans[position]?.spanId}`
  })
}

t.test('children stand under their parents, in the order of start, trace and id', async (t) => {
  const spans = [
    slim('late', 'root', { startNs: 3_000n }),
    slim('b', 'root', { startNs: 2_000n }),
    slim('a', 'root', { startNs: 2_000n }),
    slim('leaf', 'b', { startNs: 1n }),
    slim('root'),
  ]
  t.same(shape(spans), ['root', '.a', '.b', '..leaf', '.late'])
})

t.test('a span whose parent is not there is shown, and says whom it waits for', async (t) => {
  const spans = [
    slim('root'),
    slim('orphan', 'gone', { startNs: 5n }),
    slim('remote', 'far', { flags: 0x300, startNs: 6n }),
  ]
  const tree = buildExecutionTree(spans, fallback)
  t.same(shape(spans), ['orphan', 'remote', 'root'])
  t.same(
    [0, 1, 2].map((row) => missingParent(tree, row)),
    ['gone', null, null],
  )
})

t.test('cycles and self-parents are cut at their earliest span; nothing is lost', async (t) => {
  const spans = [
    slim('self', 'self'),
    slim('a', 'c', { startNs: 30n }),
    slim('b', 'a', { startNs: 10n }),
    slim('c', 'b', { startNs: 20n }),
  ]
  t.same(shape(spans), ['b', '.c', '..a', 'self'])
})

t.test('a chain of 50,000 spans is walked without a stack', async (t) => {
  const spans = Array.from({ length: 50_000 }, (_, i) =>
    slim(`${i}`, i === 0 ? '' : `${i - 1}`, { startNs: BigInt(i + 1) }),
  )
  const { order } = buildExecutionTree(spans, fallback)
  t.equal(order.depths.at(-1), 49_999)
  t.equal(order.descendants[0], 49_999)
})

t.test('a span belongs to the nearest ancestor that names an execution', async (t) => {
  const spans = [
    slim('outer', '', { executionId: 'A' }),
    slim('step', 'outer'),
    slim('inner', 'step', { executionId: 'B' }),
    slim('deep', 'inner'),
  ]
  const key = (executionId: string) => ({ executionId, fallback: false })
  t.same(shape(spans, key('A')), ['outer', '.step', '..inner'], 'the other execution is one row')
  t.same(buildExecutionTree(spans, key('A')).subExecutions, [null, null, 'B'])
  t.same(shape(spans, key('B')), ['inner', '.deep'])
  t.same(shape(spans, key('C')), [], 'a name that no span says is nobody’s')
})

t.test(
  'a span that nobody names belongs to the only execution of its trace, else to the trace',
  async (t) => {
    const unnamed = slim('unnamed', 'gone')
    const named = slim('named', '', { executionId: 'A' })
    const ids = (spans: SlimSpan[]) =>
      executionsOf(resolveSpans(spans))
        .map(({ key }) => `${key.executionId}${key.fallback}`)
        .sort()
    t.same(ids([unnamed]), ['t1true'])
    t.same(ids([unnamed, named]), ['Afalse'])
    t.same(ids([unnamed, named, slim('other', '', { executionId: 'B' })]), ['Afalse', 'Bfalse', 't1true'])
    t.same(
      ids([unnamed, slim('named', '', { executionId: 'A', traceId: 't2' })]),
      ['Afalse', 't1true'],
      'traces are apart',
    )
  },
)

t.test('membership and order depend on the set of spans, not on how they came', async (t) => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
  const arbitrary = fc.uniqueArray(
    fc.record({
      spanId: id,
      parent: fc.oneof(id, fc.constant('')),
      execution: fc.constantFrom(null, null, 'A', 'B'),
      start: fc.bigInt(0n, 5n),
    }),
    { selector: (one) => one.spanId },
  )
  fc.assert(
    fc.property(arbitrary, fc.infiniteStream(fc.nat()), (list, random) => {
      const spans = list.map((one) =>
        slim(one.spanId, one.parent, { executionId: one.execution, startNs: one.start }),
      )
      const shuffled = spans
        .map((span) => ({ span, at: random.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ span }) => span)
      const all = (of: SlimSpan[]) =>
        executionsOf(resolveSpans(of))
          .map(({ key }) => [key, shape(of, key)] as const)
          .sort()
      t.same(JSON.stringify(all(shuffled).sort()), JSON.stringify(all(spans).sort()))
      const own = all(spans).flatMap(([key]) => {
        const tree = buildExecutionTree(spans, key)
        return Array.from(tree.order.positions).filter((_, row) => tree.subExecutions[row] === null)
      })
      return own.length === spans.length && new Set(own).size === spans.length
    }),
    { numRuns: 300 },
  )
})

t.test('the rows nearest the roots are closed under ancestors', async (t) => {
  const spans = Array.from({ length: 200 }, (_, i) =>
    slim(`${i}`, i === 0 ? '' : `${(i - 1) >> 1}`, { startNs: BigInt(i + 1) }),
  )
  const tree = buildExecutionTree(spans, fallback)
  const rows = nearestRoots(tree.order, 50)
  const kept = new Set(Array.from(rows, (row) => tree.spans[tree.order.positions[row] as number]?.spanId))
  t.equal(kept.size, 50)
  for (const span of spans)
    if (kept.has(span.spanId) && span.parentSpanId !== '') t.ok(kept.has(span.parentSpanId))
})
