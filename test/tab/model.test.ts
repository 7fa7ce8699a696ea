import t from 'tap'
import { joinPages, spanKey } from '../../src/tab/model/columns.ts'
import { createFormat } from '../../src/tab/model/format.ts'
import { jsonRows } from '../../src/tab/model/json-rows.ts'
import { formatPlace, nowhere, parsePlace } from '../../src/tab/model/place.ts'
import { readDataUri, readJson, splitInvisible, splitRedacted } from '../../src/tab/model/text.ts'
import { barOf, extentOf, lengthOf, selfIntervals, ticksOf, zoom } from '../../src/tab/model/timeline.ts'
import { buildTree, childrenOf, pathTo } from '../../src/tab/model/tree.ts'
import { filterRows, isOrigin, placeOf, searchRows, visibleRows } from '../../src/tab/model/visible.ts'
import { makeSample, skeletonPage } from './sample-trace.ts'

const sample = makeSample({
  id: 'e',
  workflow: 'w',
  spans: 300,
  startedAt: 0,
  status: 'failed',
  orphans: true,
  seed: 5,
})
const whole = skeletonPage(sample, 0, 10_000).columns

t.test('pages join to the whole, whatever their size, without repeating a row', async (t) => {
  for (const size of [1, 7, 100]) {
    const pages = []
    for (let from = 0; from < sample.list.length; from += size)
      pages.push(skeletonPage(sample, from, size).columns)
    t.same(joinPages(pages), whole)
    t.same(joinPages([...pages, pages[0] as (typeof pages)[0]]), whole)
  }
})

t.test('every span has its row below its parent; orphans hang below the missing one', async (t) => {
  const tree = buildTree(whole)
  t.equal(tree.length, sample.list.length + 1, 'one row more: the missing parent')
  const seen = new Set<number>()
  for (let row = 0; row < tree.length; row++) {
    const index = tree.span[row] ?? -1
    if (index < 0) continue
    seen.add(index)
    const parent = tree.parent[row] ?? -1
    const parentIndex = tree.span[parent] ?? -1
    if (whole.missing_parent[index]) t.equal(tree.missing.get(parent), whole.missing_parent[index])
    else if (parent >= 0) t.equal(whole.span_id[parentIndex], whole.parent_span_id[index])
    else t.equal(whole.depth[index], 0)
  }
  t.equal(seen.size, sample.list.length)
  const [root] = tree.keys
  t.equal(root, spanKey(whole, 0))
  const nodes = childrenOf(tree, 0)
  t.equal(tree.siblings[nodes[0] ?? 0], nodes.length)
  t.same(pathTo(tree, nodes[1] ?? 0), [0, nodes[1]])
})

t.test('folding hides a subtree, filters keep ancestors', async (t) => {
  const tree = buildTree(whole)
  const all = visibleRows(tree, new Set(), null)
  t.equal(all.length, tree.length)
  const folded = visibleRows(tree, new Set([tree.keys[0] ?? '']), null)
  t.equal(folded.length, tree.length - ((tree.end[0] ?? 0) - 1))
  const errors = filterRows(tree, whole, { query: '', kinds: new Set(), errorsOnly: true })
  t.equal(whole.state.filter((state) => state === 'error').length, 2)
  t.equal(errors?.count, 1, 'the error that the root repeats is one')
  t.notOk(isOrigin(tree, whole, 0))
  const rows = visibleRows(tree, new Set(), errors)
  t.ok(rows.length >= 2 && rows.length < 10)
  t.equal(rows[0], 0, 'the root of an error stays')
  const found = searchRows(tree, whole, 'CLAUDE')
  t.equal(found?.count, whole.model.filter((model) => model?.includes('claude')).length)
  t.equal(placeOf(rows, rows[1] ?? -1), 1)
  t.equal(placeOf(rows, 1), rows.indexOf(1))
})

t.test('time: extent, bars, self time, ticks, zoom', async (t) => {
  const tree = buildTree(whole)
  const extent = extentOf(whole, 0)
  t.equal(extent.from, 0)
  t.ok(extent.to >= (whole.duration_ms[0] ?? 0))
  t.same(barOf(25, 75, { from: 0, to: 100 }), { left: 0.25, width: 0.5 })
  t.equal(barOf(120, 140, { from: 0, to: 100 }), null)
  const own = lengthOf(selfIntervals(tree, whole, 0, 0))
  const children = childrenOf(tree, 0).reduce(
    (sum, row) => sum + (whole.duration_ms[tree.span[row] ?? 0] ?? 0),
    0,
  )
  t.ok(Math.abs(own + children - (whole.duration_ms[0] ?? 0)) < 0.01, 'children do not overlap here')
  t.same(ticksOf({ from: 0, to: 1000 }, 5), [0, 200, 400, 600, 800, 1000])
  t.same(ticksOf({ from: 0, to: 240_000 }, 4), [0, 60_000, 120_000, 180_000, 240_000])
  t.same(zoom({ from: 0, to: 100 }, 0.5, 50, { from: 0, to: 100 }), { from: 25, to: 75 })
  t.same(zoom({ from: 25, to: 75 }, 10, 50, { from: 0, to: 100 }), { from: 0, to: 100 })
})

t.test('numbers: unknown is a dash, never a nought', async (t) => {
  const format = createFormat('en-US')
  t.equal(format.cost(null), '–')
  t.equal(format.cost('0.00042'), '$0.00042')
  t.equal(format.cost('12.3'), '$12.30')
  t.equal(format.count(null), '–')
  t.equal(format.duration(0.000_005), '5 ns')
  t.equal(format.duration(0.4), '400 µs')
  t.equal(format.duration(999), '999 ms')
  t.equal(format.duration(1250), '1.25 s')
  t.equal(format.duration(59_990), '1m 00s')
  t.equal(format.duration(11_040_000), '3h 04m')
  t.equal(createFormat('de-DE').count(1234567), '1.234.567')
  t.equal(createFormat('not a locale!').count(7), '7')
})

t.test('addresses hold the place, below any base path', async (t) => {
  const place = {
    ...nowhere,
    workflow: 'a/b ü',
    execution: 'x?y#z',
    span: 'abcd~1',
    tab: 'execution' as const,
    view: 'graph' as const,
    other: 'c/d',
    zoom: { from: 0.5, to: 1200 },
    query: 'a&b',
    kinds: ['llm', 'tool'],
    errors: true,
    critical: true,
  }
  const address = formatPlace(place, '/base')
  t.same(parsePlace(new URL(address, 'http://h'), '/base'), place)
  t.equal(formatPlace({ ...place, execution: null }, ''), '/')
  t.equal(parsePlace(new URL('http://h/workflows/%E0%A4%A/executions/b/trace'), '').workflow, '%E0%A4%A')
})

t.test('text: redaction marks, invisible characters, JSON, data addresses', async (t) => {
  t.same(splitRedacted('a [redacted:email] b __REDACTED__ [redacted:iban:9f3a01bc]'), [
    { type: 'text', text: 'a ' },
    { type: 'redacted', text: 'email' },
    { type: 'text', text: ' b ' },
    { type: 'redacted', text: '' },
    { type: 'text', text: ' ' },
    { type: 'redacted', text: 'iban' },
  ])
  t.same(splitInvisible('a\u202eb\n'), [
    { type: 'text', text: 'a' },
    { type: 'invisible', text: 'U+202E' },
    { type: 'text', text: 'b\n' },
  ])
  for (const hidden of ['a\u200bb', 'a\u200db', 'a\u{e0041}', 'soft\u00adhyphen', 'a\ufe0f', '\u0007'])
    t.equal(splitInvisible(hidden).filter((piece) => piece.type === 'invisible').length, 1)
  for (const plain of ['👩🏽‍💻 ❤️‍🔥 #️⃣', 'می‌خواهم', 'क्‍ष', '\ttwo\r\nlines'])
    t.same(splitInvisible(plain), [{ type: 'text', text: plain }], 'how it is written')
  t.same(readJson(' {"a":1}'), { a: 1 })
  t.equal(readJson('{not json'), undefined)
  t.equal(readJson('12'), undefined)
  t.same(readDataUri('data:image/png;base64,AAAA'), { type: 'image/png', bytes: 3 })
  t.equal(readDataUri('database: yes'), null)
})

t.test('JSON lines: only what is open, bounded', async (t) => {
  const value = { a: { b: [1, 2] }, c: 'x' }
  t.same(
    jsonRows(value, () => true).map((row) => [row.depth, row.name, row.type]),
    [
      [0, 'a', 'object'],
      [1, 'b', 'array'],
      [2, '0', 'number'],
      [2, '1', 'number'],
      [0, 'c', 'string'],
    ],
  )
  t.equal(jsonRows(value, () => false).length, 2)
  t.equal(
    jsonRows(
      Array.from({ length: 100_000 }, (_, n) => n),
      () => true,
      50,
    ).length,
    50,
  )
  t.equal(jsonRows('just text', () => true)[0]?.value, 'just text')
})
