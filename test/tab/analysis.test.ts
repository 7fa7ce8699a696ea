import t from 'tap'
import type { SpansEvent } from '../../src/http/schemas/live.ts'
import { readEvents } from '../../src/tab/api/server-sent.ts'
import type { Columns } from '../../src/tab/model/columns.ts'
import { criticalPath } from '../../src/tab/model/critical-path.ts'
import { toCsv } from '../../src/tab/model/csv.ts'
import { edgesOf } from '../../src/tab/model/graph.ts'
import { logEntries, logLines } from '../../src/tab/model/log-entries.ts'
import { mergeRows } from '../../src/tab/model/merge-rows.ts'
import { nodesOf } from '../../src/tab/model/node-runs.ts'
import { slowestSpans } from '../../src/tab/model/slowest.ts'
import { extentOf, lengthOf } from '../../src/tab/model/timeline.ts'
import { buildTree } from '../../src/tab/model/tree.ts'
import { turnOf } from '../../src/tab/model/turn.ts'
import { usageOverTime } from '../../src/tab/model/usage.ts'
import { nodeStates } from '../../src/tab/nodes.ts'
import { summaryOf } from './sample-summary.ts'
import { makeSample, type SampleSpan, skeletonPage } from './sample-trace.ts'

const sample = makeSample({ id: 'e', workflow: 'w', spans: 300, startedAt: 0, status: 'failed', seed: 5 })
const page = skeletonPage(sample, 0, 10_000)
const { columns } = page
const tree = buildTree(columns)

/** Columns of a few spans: [name, depth, start, duration]. */
function spansOf(...rows: [string, number, number, number][]) {
  const first = sample.list[0] as SampleSpan
  const list = rows.map(([name, depth, start, duration], n) => ({
    ...first,
    id: String(n).padStart(16, '0'),
    name,
    depth,
    start,
    duration,
    state: 'ok' as const,
    kind: depth === 0 ? ('workflow' as const) : ('node' as const),
  }))
  return skeletonPage({ ...sample, list }, 0, 100).columns
}

t.test('the critical path covers the time of the root once', async (t) => {
  const path = criticalPath(tree, columns, 0)
  t.ok(Math.abs(path.length - (sample.duration ?? 0)) < 1, 'what is waited for is the whole time')
  const side = spansOf(['root', 0, 0, 100], ['a', 1, 0, 40], ['b', 1, 0, 70], ['c', 1, 70, 30])
  const two = criticalPath(buildTree(side), side, 0)
  t.same([...two.rows.keys()].sort(), [0, 2, 3], 'a ran beside b and was done sooner')
  t.equal(
    [...two.rows.values()].reduce((sum, pieces) => sum + lengthOf(pieces), 0),
    100,
  )
})

t.test('usage over time sums up to the totals of the service', async (t) => {
  const slices = usageOverTime(columns, extentOf(columns, 0), 17)
  const { tokens } = summaryOf(sample)
  t.equal(
    slices.reduce((sum, slice) => sum + slice.input, 0),
    tokens.input,
  )
  t.equal(
    slices.reduce((sum, slice) => sum + slice.output, 0),
    tokens.output,
  )
})

t.test('the slowest spans are those with the most time of their own', async (t) => {
  const slow = slowestSpans(tree, columns, 0, 5)
  t.equal(slow.length, 5)
  t.ok(slow.every((one, n) => n === 0 || one.self <= (slow[n - 1]?.self ?? 0)))
})

t.test('the graph: a chain for steps, a fork and a join for what ran side by side', async (t) => {
  const side = spansOf(
    ['root', 0, 0, 100],
    ['a', 1, 0, 10],
    ['b', 1, 12, 30],
    ['c', 1, 13, 40],
    ['d', 1, 60, 5],
  )
  side.node_id.splice(1, 4, 'a', 'b', 'c', 'd')
  t.same(edgesIn(side).sort(), ['a>b', 'a>c', 'b>d', 'c>d'])
  // One step ends a little after the next began, and one is over sooner than that.
  const chain = spansOf(
    ['root', 0, 0, 100],
    ['a', 1, 0, 10.4],
    ['b', 1, 10, 10.3],
    ['c', 1, 20, 0.2],
    ['d', 1, 20.3, 5],
  )
  chain.node_id.splice(1, 4, 'a', 'b', 'c', 'd')
  t.same(edgesIn(chain), ['a>b', 'b>c', 'c>d'])
  const nodes = nodesOf(tree, columns, 0)
  t.equal(
    nodes.reduce((sum, node) => sum + node.runs.length, 0),
    sample.list.filter((span) => span.kind === 'node').length,
  )
})

t.test('nodeStates tells a canvas how each node fared', async (t) => {
  const states = nodeStates(page, 0)
  const wanted = summaryOf(sample).by_node
  t.equal(states.size, wanted.length)
  for (const node of wanted) {
    const state = states.get(node.node_id)
    t.equal(state?.runs, node.calls)
    t.equal(state?.errors, node.errors)
    t.ok(Math.abs((state?.durationMs ?? 0) - node.duration_ms) < 0.01)
  }
})

t.test('the log has every model call and tool, in the order of time', async (t) => {
  const entries = logEntries(tree, columns)
  const calls = sample.list.filter((span) => span.kind === 'llm').length
  t.equal(entries.filter((entry) => entry.type === 'turn').length, calls)
  const starts = entries.map((entry) => columns.offset_ms[tree.span[entry.row] ?? -1] ?? 0)
  t.same(
    starts,
    [...starts].sort((a, b) => a - b),
  )
  t.equal(logLines(tree, columns).length, sample.list.length * 2)
  const read = new Map([[tree.keys[0] ?? '', [{ at: 0, name: 'first' }]]])
  const lines = logLines(tree, columns, read)
  t.equal(lines.length, sample.list.length * 2 + 1)
  t.same(
    lines.slice(0, 2).map((line) => line.event),
    [undefined, 'first'],
    'an event comes after the beginning of its span',
  )
})

t.test('what is new in a turn is what the call before had not', async (t) => {
  const say = (role: string, content: string) => ({ role, parts: [{ type: 'text' as const, content }] })
  const before = [say('system', 'x'), say('user', 'a'), say('assistant', 'b')]
  t.same(turnOf([...before, say('user', 'c')], before), { earlier: before, added: [say('user', 'c')] })
  t.same(turnOf(before, null).added, before)
  t.same(turnOf([say('user', 'other')], before).added, [say('user', 'other')])
})

t.test('rows of the stream take their places; what does not fit asks for a new reading', async (t) => {
  const without = (gone: readonly number[]) => {
    const list = sample.list.filter((_, i) => !gone.includes(i))
    return skeletonPage({ ...sample, list }, 0, 10_000).columns
  }
  const rows = [3, 4, 299]
  const came = rows.map((row) => skeletonPage(sample, row, 1).columns)
  const names = Object.keys(columns) as (keyof typeof columns)[]
  const joined = Object.fromEntries(names.map((name) => [name, came.flatMap((one) => one[name] as never[])]))
  const event = {
    trace_ids: [],
    total: 300,
    tree_version: '2',
    rows,
    columns: joined,
  } as unknown as SpansEvent
  t.same(mergeRows(without(rows), event), columns)
  t.same(mergeRows(columns, event), columns, 'again: nothing twice')
  t.equal(mergeRows(without([...rows, 10]), event), null)
})

t.test('server-sent events survive any cut of the bytes', async (t) => {
  const text =
    ': one\r\n\r\nevent: a\nid: 1\ndata: {"x":\ndata: "ü\u2028"}\n\n: heartbeat\n\nid: 2\r\ndata: y\r\n\r\n'
  const bytes = new TextEncoder().encode(text)
  for (const size of [1, 2, 7, 1000]) {
    const body = new ReadableStream<Uint8Array>({
      start(out) {
        for (let at = 0; at < bytes.length; at += size) out.enqueue(bytes.slice(at, at + size))
        out.close()
      },
    })
    const events = []
    for await (const event of readEvents(body)) events.push(event)
    t.same(events, [
      { event: 'a', id: '1', data: '{"x":\n"ü\u2028"}' },
      { event: 'message', id: '2', data: 'y' },
    ])
  }
})

t.test('a table as CSV runs nothing in a spreadsheet', async (t) => {
  t.equal(
    toCsv(
      ['a,b', 'c'],
      [
        ['=1+1', 2],
        ['say "x"', null],
      ],
    ),
    '"a,b",c\r\n\'=1+1,2\r\n"say ""x""",',
  )
})

/** The graph's edges, as `from>to`. */
function edgesIn(columns: Columns): string[] {
  return edgesOf(nodesOf(buildTree(columns), columns, 0)).map((edge) => `${edge.from}>${edge.to}`)
}
