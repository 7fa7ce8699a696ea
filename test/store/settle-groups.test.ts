import t from 'tap'
import { daysOfGroup, groupsOf, together } from '../../src/store/settle-groups.ts'

const key = (executionId: string) => ({ executionId, fallback: false })
const mark = (executionId: string, days: string[] | null = []) => ({
  names: new Set([executionId]),
  days: days === null ? null : new Set(days),
})
const name = (n: number) => n.toString(16).padStart(32, '0')

t.test('what a mark or the last roll-up connects is in one group, and everything is in one of them', (t) => {
  const marked = new Map(Array.from({ length: 300 }, (_, n) => [name(n), mark(`run-${n}`)] as const))
  // run-7 went on in the last trace, whose own mark names another; run-9 has an older trace without a mark
  marked.get(name(299))?.names.add('run-7')
  const stored = [
    { key: key('run-9'), traceId: name(1000), days: [] },
    { key: { executionId: 'run-9', fallback: true }, traceId: name(1000), days: [] },
  ]
  const keys = [
    ...Array.from({ length: 300 }, (_, n) => key(`run-${n}`)),
    { executionId: 'run-9', fallback: true },
    key('gone'),
  ]
  const groups = groupsOf(keys, marked, stored)
  const groupOf = (traceId: string) => groups.find((group) => group.traceIds.includes(traceId))
  t.ok(groups.length > 3, 'there are several')
  t.equal(groupOf(name(7)), groupOf(name(299)))
  t.equal(groupOf(name(9)), groupOf(name(1000)))
  t.strictSame(
    groupOf(name(9))
      ?.keys.filter(({ executionId }) => executionId === 'run-9')
      .map(({ fallback }) => fallback)
      .sort(),
    [false, true],
  )
  const all = together(groups)
  t.strictSame([...all.traceIds].sort(), [...marked.keys(), name(1000)].sort())
  t.strictSame(
    all.keys.map((one) => `${one.executionId}${one.fallback}`).sort(),
    keys.map((one) => `${one.executionId}${one.fallback}`).sort(),
  )
  t.end()
})

t.test('the days of a group: those of its marks and of the last roll-up, or not known', (t) => {
  const group = { keys: [], traceIds: [name(1), name(2), name(3)] }
  const stored = new Map([
    [name(2), ['2026-11-02', '2026-11-03']],
    [name(4), ['2026-11-09']],
  ])
  const marked = new Map([
    [name(1), mark('a', ['2026-11-01'])],
    [name(2), mark('b', ['2026-11-03', '1970-01-01'])],
  ])
  t.strictSame(daysOfGroup(group, marked, stored)?.sort(), [
    '1970-01-01',
    '2026-11-01',
    '2026-11-02',
    '2026-11-03',
  ])
  marked.set(name(3), mark('c', null))
  t.equal(daysOfGroup(group, marked, stored), null)
  t.end()
})
