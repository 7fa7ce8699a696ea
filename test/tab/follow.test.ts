import t from 'tap'
import type { SpansEvent } from '../../src/http/schemas/live.ts'
import type { Api } from '../../src/tab/api/client.ts'
import { RequestFailed } from '../../src/tab/api/failure.ts'
import { type Follower, follow } from '../../src/tab/api/follow.ts'
import { loadTrace } from '../../src/tab/api/load-trace.ts'
import type { Columns } from '../../src/tab/model/columns.ts'
import { mergeRows } from '../../src/tab/model/merge-rows.ts'
import { makeSample, type Sample, skeletonPage } from './sample-trace.ts'

// A running execution as the tab takes it in: what the stream brings, and where it goes on.
const sample = makeSample({
  id: 'e',
  workflow: 'w',
  spans: 60,
  startedAt: 0,
  status: 'running',
  orphans: true,
  seed: 3,
})
const pageOf = (list: Sample['list']) => skeletonPage({ ...sample, list }, 0, 10_000).columns
const whole = pageOf(sample.list)

/** What a stream tells of these rows of a tree. */
const eventOf = (after: Columns, rows: number[], total = after.span_id.length): SpansEvent => ({
  trace_ids: ['t'],
  total,
  tree_version: '2',
  rows,
  columns: Object.fromEntries(
    Object.entries(after).map(([name, column]) => [name, rows.map((row) => column[row])]),
  ) as unknown as SpansEvent['columns'],
})
const without = (...rows: number[]) => pageOf(sample.list.filter((_, row) => !rows.includes(row)))

t.test('rows that came stand in their places, and who is above them counts them', async (t) => {
  const leaves = whole.descendants.flatMap((below, row) =>
    below === 0 && !whole.missing_parent[row] ? [row] : [],
  )
  const [one = 0, two = 0] = [leaves[3], leaves.at(-2)]
  t.same(mergeRows(without(one, two), eventOf(whole, [one, two])), whole)
  const changed = structuredClone(whole)
  changed.state[one] = 'error'
  changed.duration_ms[one] = 7
  t.same(mergeRows(whole, eventOf(changed, [one])), changed, 'a row that is here is replaced')
  t.same(mergeRows(whole, eventOf(whole, [one])), whole, 'what is told twice stands once')
})

t.test('what does not fit is read anew', async (t) => {
  const [one = 0, two = 0] = whole.descendants.flatMap((below, row) => (below === 0 ? [row] : []))
  t.equal(mergeRows(without(one, two), eventOf(whole, [one])), null, 'a row was missed')
  t.equal(mergeRows(whole, eventOf(without(two), [0])), null, 'a row is gone')

  // the parent that was missing comes, above the two that waited for it
  const waiting = whole.missing_parent.flatMap((missing, row) => (missing ? [row] : []))
  const parent = { ...(sample.list[0] as Sample['list'][0]), id: 'beefbeefbeefbeef', depth: 0 }
  const after = pageOf([
    ...sample.list.filter((_, row) => !waiting.includes(row)),
    parent,
    ...waiting.map((row) => ({
      ...(sample.list[row] as Sample['list'][0]),
      depth: 1,
      parent: parent.id,
      missing: null,
    })),
  ])
  t.equal(mergeRows(whole, eventOf(after, [sample.list.length - waiting.length])), null)

  // a node that turned out to have begun later, and took what is below it along
  const nodes = whole.depth.flatMap((depth, row) => (depth === 1 ? [row] : []))
  const [, moved = 0, next = 0, last = 0] = nodes
  const list = [...sample.list]
  const subtree = list.splice(moved, next - moved)
  t.ok(subtree.length > 1)
  list.splice(last - subtree.length, 0, ...subtree)
  t.equal(mergeRows(whole, eventOf(pageOf(list), [last - subtree.length])), null)
})

t.test('the stream goes on from before the first page: what changed in it meanwhile is told', async (t) => {
  const limits: string[] = []
  const api = {
    async get(path: string) {
      limits.push(path)
      const from = Number(new URL(path, 'http://h').searchParams.get('cursor') ?? 0)
      const page = skeletonPage(sample, from, 25)
      page.execution.stream_from = `after ${from}`
      page.execution.tree_version = `at ${from}`
      return { body: page, next: null }
    },
  } as unknown as Api
  const { signal } = new AbortController()
  const loaded = await loadTrace(api, 'e', { wanted: 10_000, signal })
  t.equal(limits.length, Math.ceil(sample.list.length / 25))
  t.same(loaded.columns, whole)
  t.equal(loaded.execution.stream_from, 'after 0')
  t.equal(loaded.execution.tree_version, 'at 50', 'all else is as it was last')
})

/** A service whose streams are these texts, one after the other; a number is a refusal. */
async function followed(answers: (string | number)[], since = 'start') {
  const asked: string[] = []
  const told: string[] = []
  const note =
    (name: string) =>
    (...given: unknown[]) =>
      void told.push([name, ...given.filter((one) => typeof one === 'boolean')].join(' '))
  const api = {
    async stream(path: string) {
      asked.push(new URL(path, 'http://h').searchParams.get('since') ?? '')
      const answer = answers.shift()
      if (typeof answer !== 'string') {
        const kind = answer === 0 ? ('offline' as const) : ('error' as const)
        const status = answer ?? 404
        throw new RequestFailed({ kind, status, code: '', detail: '', requestId: null, retryAfterMs: null })
      }
      return new Blob([answer]).stream()
    },
  } as unknown as Api
  const names = ['spans', 'summary', 'complete', 'reset', 'connected', 'refused'] as const
  const to = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as Follower
  await follow(api, 'e', since, new AbortController().signal, to)
  return { asked, told }
}

const event = (name: string, id?: string) =>
  `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: {"n":1}\n\n`

t.test('a stream that breaks is opened again behind the last event, until the end', async (t) => {
  const { asked, told } = await followed([
    `retry: 1000\n\n: still here\n\n${event('spans', 'a')}${event('summary', 'a')}${event('spans', 'b')}event: spans\nid: half`,
    503,
    0,
    event('reset', 'c') + event('reconnect'),
    event('summary', 'c') + event('complete', 'd') + event('spans', 'e'),
  ])
  t.same(asked, ['start', 'b', 'b', 'b', 'c'])
  t.same(told, [
    'connected true',
    ...['spans', 'summary', 'spans'],
    'connected false',
    'connected false',
    'connected true',
    'reset',
    'connected true',
    ...['summary', 'complete'],
  ])
})

t.test('where there is no stream, that is said, and it is not asked for again', async (t) => {
  for (const status of [401, 403, 404, 429]) {
    const { asked, told } = await followed([status, event('complete')])
    t.same([asked, told], [['start'], ['refused']], String(status))
  }
})
