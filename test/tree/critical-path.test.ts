import t from 'tap'
import { analyse } from '../../src/tree/analysis.ts'
import { criticalPath, selfTimes } from '../../src/tree/critical-path.ts'
import { buildExecutionTree } from '../../src/tree/execution-tree.ts'
import type { SlimSpan } from '../../src/tree/slim-span.ts'
import { usageOverTime } from '../../src/tree/usage-over-time.ts'
import { slim, tokens } from './slim.ts'

const tree = (spans: SlimSpan[]) => buildExecutionTree(spans, { executionId: 't1', fallback: true })
const at = (from: number, to: number | null, over: Partial<SlimSpan> = {}) => ({
  ...over,
  startNs: BigInt(1_000 + from),
  endNs: to === null ? null : BigInt(1_000 + to),
})

const named = (spans: SlimSpan[]) => {
  const built = tree(spans)
  return criticalPath(built).map(({ row, selfNs }) => [
    built.spans[built.order.positions[row] as number]?.spanId,
    Number(selfNs),
  ])
}

t.test('the path is what the end waited for, with each span its own time', async (t) => {
  t.same(
    named([
      slim('root', '', at(0, 100)),
      slim('first', 'root', at(10, 40)),
      slim('beside', 'root', at(15, 30)),
      slim('second', 'root', at(50, 90)),
      slim('inner', 'second', at(60, 85)),
    ]),
    [
      ['root', 30],
      ['first', 30],
      ['second', 15],
      ['inner', 25],
    ],
  )
})

t.test(
  'what seems to overlap by a rounded clock follows each other, what overlaps by more does not',
  async (t) => {
    const ms = 1_000_000
    const path = (answerEnds: number) =>
      named([
        slim('root', '', at(0, 100 * ms)),
        slim('answer', 'root', at(10 * ms, answerEnds)),
        slim('send', 'root', at(90 * ms, 100 * ms + 300)),
      ])
    t.same(path(90 * ms + 700_000), [
      ['root', 10 * ms],
      ['answer', 80 * ms],
      ['send', 10 * ms],
    ])
    t.same(path(95 * ms), [
      ['root', 90 * ms],
      ['send', 10 * ms],
    ])
  },
)

t.test('a child that outlives its parent is on it up to the end of the parent only', async (t) => {
  t.same(named([slim('root', '', at(0, 100)), slim('late', 'root', at(50, 500))]), [
    ['root', 50],
    ['late', 50],
  ])
})

t.test(
  'of several roots the one that ended last, and a running span ends with the last known time',
  async (t) => {
    t.same(named([slim('a', '', at(0, 10)), slim('b', '', at(0, 20))]), [['b', 20]])
    t.same(named([slim('root', '', at(0, null, { status: 'running' })), slim('child', 'root', at(5, 30))]), [
      ['root', 5],
      ['child', 25],
    ])
  },
)

t.test(
  'the times of the path add up to the whole, the own times of overlapping children count once',
  async (t) => {
    const spans = [slim('root', '', at(0, 100)), slim('a', 'root', at(10, 60)), slim('b', 'root', at(40, 80))]
    t.same(selfTimes(tree(spans)).map(Number), [30, 50, 40])
    const sum = named(spans).reduce((total, [, ms]) => total + Number(ms), 0)
    t.equal(sum, 100 - 0, 'no gap and no overlap')
  },
)

t.test('usage over time is in bounded buckets that add up', async (t) => {
  const calls = Array.from({ length: 500 }, (_, i) =>
    slim(`c${i}`, 'root', { ...at(i, i + 1), kind: 'llm', tokens: tokens(10, 1) }),
  )
  const { buckets } = usageOverTime(tree([slim('root', '', at(0, 600)), ...calls]), 60)
  t.ok(buckets.length <= 60)
  t.equal(
    buckets.reduce((sum, bucket) => sum + (bucket.usage.tokens.input ?? 0), 0),
    5_000,
  )
  t.same(usageOverTime(tree([slim('root')]), 60).buckets, [])
})

t.test('an analysis is small, whatever the size of the tree', async (t) => {
  const spans = Array.from({ length: 5_000 }, (_, i) => slim(`s${i}`, i === 0 ? '' : 's0', at(i, i + 1)))
  const analysis = analyse(tree(spans))
  t.equal(analysis.slowest.length, 10)
  t.ok(analysis.criticalPath.length <= 200)
})
