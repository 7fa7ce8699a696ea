import t from 'tap'
import type { Span } from '../../src/model/span.ts'
import { someTimeNs, span } from '../helpers/span.ts'
import { reader, testStore } from '../helpers/store.ts'

const writer = { workspace: 'default', workflows: ['*'] }

t.test('a span comes back as it went in', async (t) => {
  const { store } = await testStore(t)
  const sent = span('a1', 'b1', null, {
    executionId: 'exec-1',
    workflowId: 'wf-1',
    kind: 'llm',
    name: 'chat ☃ "quoted"',
    tokens: {
      input: 5,
      output: 0,
      total: 5,
      cachedInput: null,
      cacheWriteInput: null,
      reasoningOutput: null,
    },
    cost: { amount: '0.000016350000', source: 'reported' },
    reportedDurationNs: 2_350_000_000n,
    attributes: new Map<string, never>([
      ['text', 'zwei\nZeilen' as never],
      ['yes', true as never],
      ['int', 9_223_372_036_854_775_807n as never],
      ['small', -3n as never],
      ['double', 0.1 as never],
      ['nan', Number.NaN as never],
      ['infinite', Number.NEGATIVE_INFINITY as never],
      ['zero', -0 as never],
      ['bytes', new Uint8Array([0, 255, 7]) as never],
      ['list', ['a', 1n, null, ['b']] as never],
      [
        'map',
        new Map([
          ['__proto__', 'plain'],
          ['int', '5'],
        ]) as never,
      ],
      ['nothing', null as never],
      ['__proto__', 'own' as never],
    ]),
    content: new Map([['gen_ai.input.messages', '[{"role":"user"}]']]),
    events: [
      {
        timeNs: someTimeNs + 5n,
        name: 'exception',
        attributes: new Map([['n', 1n]]),
        droppedAttributesCount: 2,
      },
    ],
    links: [
      {
        traceId: 'a'.repeat(32),
        spanId: 'b'.repeat(16),
        traceState: 's=1',
        flags: 1,
        attributes: new Map(),
        droppedAttributesCount: 0,
      },
    ],
    artifacts: [{ id: 'report', name: 'a.md', mediaType: 'text/markdown', size: 12, sha256: null }],
    notices: [{ code: 'truncated', message: 'cut', count: 1 }],
  })
  t.same(await store.writeSpans(writer, [sent]), { stored: 1, refused: [] })
  const found = await store.read.execution(reader(), 'exec-1')
  t.ok(found.value)
  const realm = found.value?.execution.realm ?? 0
  const spans = await store.read.spans(realm, [{ traceId: sent.traceId, spanId: sent.spanId }])
  t.strictSame([...spans.values()], [sent])
})

t.test('sending again, in any order and split, writes nothing', async (t) => {
  const { store, database } = await testStore(t)
  const spans = Array.from({ length: 40 }, (_, i) =>
    span('a2', `${i + 1}`, i === 0 ? null : '1', { executionId: 'e' }),
  )
  await store.writeSpans(writer, spans)
  const versions = () => database.read.query('select span_id, xmin::text from spans order by span_id')
  const before = (await versions()).rows
  await store.writeSpans(writer, spans.toReversed())
  await Promise.all(spans.map((one) => store.writeSpans(writer, [one, one])))
  t.same((await versions()).rows, before, 'not one row was written again')
  t.equal(before.length, 40)
})

t.test('of two versions of a span the ended one stays, whichever came first', async (t) => {
  const { store, database } = await testStore(t)
  const running = (id: string) => span('a3', id, null, { endNs: null, status: 'running', name: 'running' })
  const ended = (id: string) => span('a3', id, null, { name: 'ended' })
  await store.writeSpans(writer, [running('1')])
  await store.writeSpans(writer, [ended('1')])
  await store.writeSpans(writer, [ended('2')])
  await store.writeSpans(writer, [running('2')])
  await store.writeSpans(writer, [running('3'), ended('3'), running('3')])
  const { rows } = await database.read.query('select name from spans')
  t.same(
    rows.map((row) => row.name),
    ['ended', 'ended', 'ended'],
  )
})

t.test('a time that no partition has goes to the sentinel and is read like any other', async (t) => {
  const { store, database } = await testStore(t)
  const odd = [0n, 1n, 9_223_372_036_854_775_806n].map((startNs, i) =>
    span('a4', `${i + 1}`, null, { startNs, endNs: startNs, executionId: 'odd' }),
  )
  await store.writeSpans(writer, odd)
  const { rows } = await database.read.query('select distinct day from spans')
  t.same(rows, [{ day: '1970-01-01' }])
  t.equal((await store.read.execution(reader(), 'odd')).value?.execution.spanCount, 3)
})

t.test('a start that changed its day is one span to its readers', async (t) => {
  const { store, database } = await testStore(t)
  const yesterday = someTimeNs - 86_400_000_000_000n
  await store.writeSpans(writer, [
    span('a5', '1', null, { startNs: yesterday, endNs: null, executionId: 'moved' }),
  ])
  await store.writeSpans(writer, [span('a5', '1', null, { executionId: 'moved', name: 'final' })])
  t.equal((await database.read.query('select 1 from spans')).rowCount, 2)
  const found = (await store.read.execution(reader(), 'moved')).value
  t.equal(found?.execution.spanCount, 1)
  t.equal(found?.execution.name, 'final')
})

t.test('a row that the database refuses costs only itself', async (t) => {
  const { store, database } = await testStore(t)
  const bad = span('a6', '3', '1', { name: 'nul \0 here' })
  const good = ['1', '2', '4', '5'].map((id) => span('a6', id, id === '1' ? null : '1'))
  const [first, second] = await Promise.all([
    store.writeSpans(writer, [good[0], bad, good[1]] as Span[]),
    store.writeSpans(writer, good.slice(2)),
  ])
  t.same(first, { stored: 2, refused: [{ reason: 'unstorable', count: 1 }] })
  t.same(second, { stored: 2, refused: [] })
  t.equal((await database.read.query('select 1 from spans')).rowCount, 4)
})

t.test('writers with the same spans in opposite order do not lose a batch', async (t) => {
  const { store, database } = await testStore(t)
  const spans = Array.from({ length: 200 }, (_, i) => span('a7', `${i + 1}`, null))
  const versions = (n: number) => spans.map((one) => ({ ...one, endNs: (one.endNs ?? 0n) + BigInt(n) }))
  await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      store.writeSpans(writer, n % 2 === 0 ? versions(n) : versions(n).reverse()),
    ),
  )
  const { rows } = await database.read.query(
    'select count(*)::int as n, count(distinct end_ns)::int as ends from spans',
  )
  t.same(rows, [{ n: 200, ends: 1 }], 'each span once, all of the version that ended last')
})

t.test('writers with the same resources in opposite order do not lose a batch', async (t) => {
  const { store, database } = await testStore(t)
  const scopes = Array.from({ length: 400 }, (_, i) => ({
    name: `scope ${i}`,
    version: '',
    attributes: new Map(),
    droppedAttributesCount: 0,
    schemaUrl: '',
  }))
  for (let round = 0; round < 5; round++) {
    const resource = {
      attributes: new Map([['round', BigInt(round)]]),
      droppedAttributesCount: 0,
      schemaUrl: '',
    }
    const spans = scopes.map((scope, i) => span('a8', `${i + 1}`, null, { resource, scope }))
    const written = await Promise.all(
      [spans, spans.toReversed(), spans, spans.toReversed()].map((some) => store.writeSpans(writer, some)),
    )
    t.same(written, Array(4).fill({ stored: 400, refused: [] }))
  }
  const { rows } = await database.read.query('select count(*)::int as n from contexts')
  t.same(rows, [{ n: 5 * 400 }], 'each resource with each scope, once')
})
