import t from 'tap'
import { groupsOf, together } from '../../src/store/settle-groups.ts'

const key = (executionId: string) => ({ executionId, fallback: false })
const name = (n: number) => n.toString(16).padStart(32, '0')

t.test('what a mark or the last roll-up connects is in one group, and everything is in one of them', (t) => {
  const marked = new Map(
    Array.from({ length: 300 }, (_, n) => [name(n), new Set([`run-${n}`])] as [string, Set<string>]),
  )
  // run-7 went on in the last trace, whose own mark names another; run-9 has an older trace without a mark
  marked.get(name(299))?.add('run-7')
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
