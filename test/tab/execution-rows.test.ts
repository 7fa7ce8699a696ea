import t from 'tap'
import { type Executions, join, renew } from '../../src/tab/model/execution-rows.ts'

const rows = (ids: string): Executions =>
  [...ids].map((execution_id) => ({ realm: 1, execution_id, started_at: '2026-11-01T00:00:00Z' }) as never)
const ids = (list: Executions) => list.map((row) => row.execution_id).join('')

t.test('a renewed page stands before what came after it', async (t) => {
  const before = rows('abcdef')
  t.equal(ids(renew(before, rows('abc'))), 'abcdef')
  t.equal(ids(renew(before, rows('xab'))), 'xabcdef', 'what is new moves the others down')
  t.equal(ids(renew(before, rows('acd'))), 'acdef', 'what is not in its page any more has gone')
  t.equal(ids(renew(before, rows('abx'))), 'abxcdef', 'and the last of the page may be new')
  t.equal(ids(renew(before, rows('xyz'))), 'xyzabcdef')
})

t.test('a row that stands last, without a start, may say a later time than the page', async (t) => {
  const [heard] = rows('h') as [Executions[number]]
  const list = [...rows('abc'), { ...heard, started_at: '2026-11-29T00:00:00Z' }]
  t.equal(ids(renew(list, rows('ab'))), 'abch')
})

t.test('a next page brings none twice', async (t) => {
  t.equal(ids(join(rows('abc'), rows('cd'))), 'abcd')
})
