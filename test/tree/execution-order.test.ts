import fc from 'fast-check'
import t from 'tap'
import {
  buildOrder,
  type ExecutionOrder,
  idOfRow,
  parentRow,
  rowsOfId,
} from '../../src/tree/execution-order.ts'
import { buildExecutionTree, type ExecutionKey } from '../../src/tree/execution-tree.ts'
import { placeOf, rowAfter } from '../../src/tree/page.ts'
import { rowsAround, subtreeRows, withAncestors } from '../../src/tree/selection.ts'
import type { SlimSpan } from '../../src/tree/slim-span.ts'
import { indexStructure, type Structure } from '../../src/tree/structure.ts'
import { slim } from './slim.ts'

/** What the database would give for these spans. */
function structureOf(spans: readonly SlimSpan[], key: ExecutionKey): Structure {
  const traceIds = [...new Set(spans.map((span) => span.traceId))].sort()
  const ids = (id: (span: SlimSpan) => string) =>
    Buffer.from(spans.map((span) => id(span) || '0'.repeat(16)).join(''), 'hex')
  const starts = Buffer.alloc(spans.length * 8)
  for (const [i, span] of spans.entries()) starts.writeBigUInt64BE(span.startNs, i * 8)
  const own = key.fallback
    ? (spans.find((span) => span.executionId !== null)?.executionId ?? null)
    : key.executionId
  return {
    count: spans.length,
    traceIds,
    traces: Int32Array.from(spans, (span) => traceIds.indexOf(span.traceId)),
    spanIds: ids((span) => span.spanId),
    parentIds: ids((span) => span.parentSpanId),
    starts,
    marks: Uint8Array.from(spans, (span) =>
      span.executionId === null ? 0 : span.executionId === own ? 1 : 2,
    ),
    fingerprints: null,
  }
}

const hex = (n: number, digits = 16) => n.toString(16).padStart(digits, '0')

const arbitrarySpans = fc
  .array(
    fc.record({
      id: fc.integer({ min: 1, max: 40 }),
      parent: fc.integer({ min: 0, max: 44 }),
      trace: fc.integer({ min: 1, max: 2 }),
      start: fc
        .bigInt({ min: 0n, max: 2n ** 63n - 1n })
        .chain((far) => fc.constantFrom(far, 5n, 6n, 1_763_000_000_000_000_000n)),
      names: fc.constantFrom(null, null, null, 'exec-1', 'exec-2', 'exec-3'),
    }),
    { maxLength: 40 },
  )
  .map((list) => {
    const once = new Map(list.map((one) => [`${one.trace} ${one.id}`, one]))
    return [...once.values()].map(({ id, parent, trace, start, names }) =>
      slim(hex(id), parent === 0 ? '' : hex(parent), {
        traceId: hex(trace, 32),
        startNs: start,
        executionId: names,
      }),
    )
  })

t.test('the order from bytes is the order from spans', async (t) => {
  fc.assert(
    fc.property(
      arbitrarySpans,
      fc.constantFrom<ExecutionKey>(
        { executionId: 'exec-1', fallback: false },
        { executionId: hex(1, 32), fallback: true },
      ),
      (all, key) => {
        // a fallback execution is of one trace
        const spans = key.fallback ? all.filter((span) => span.traceId === key.executionId) : all
        const tree = buildExecutionTree(spans, key)
        const order = buildOrder(key, structureOf(spans, key))
        t.same(
          Array.from(order.positions, (_, row) => idOfRow(order, row)),
          Array.from(tree.order.positions, (position) => [
            tree.spans[position]?.traceId,
            tree.spans[position]?.spanId,
          ]),
        )
        t.same(order.depths, tree.order.depths)
        t.same(order.descendants, tree.order.descendants)
        t.same(
          Array.from(order.foreign, (foreign) => foreign === 1),
          tree.subExecutions.map((id) => id !== null),
        )
      },
    ),
    { numRuns: 300 },
  )
})

t.test('a span that is there twice is told', async (t) => {
  const key = { executionId: 'e', fallback: false }
  t.equal(indexStructure(structureOf([slim(hex(1)), slim(hex(2))], key)).repeated, false)
  t.equal(indexStructure(structureOf([slim(hex(1)), slim(hex(1))], key)).repeated, true)
})

/** 1 has children 2 (with 3, 4), 5, 6 … 25; 26 is a root of its own. */
function sample(): ExecutionOrder {
  const key = { executionId: 'e', fallback: false }
  const parents = [0, 1, 2, 2, ...Array.from({ length: 21 }, () => 1), 0]
  const spans = parents.map((parent, i) =>
    slim(hex(i + 1), parent === 0 ? '' : hex(parent), {
      traceId: hex(1, 32),
      startNs: BigInt(i + 1),
      executionId: 'e',
    }),
  )
  return buildOrder(key, structureOf(spans, key))
}

t.test('subtrees, neighbourhoods and matches are rows in tree order', async (t) => {
  const order = sample()
  t.same([...subtreeRows(order, -1, 0)], [0, 25], 'the roots')
  t.same([...subtreeRows(order, 1, null)], [1, 2, 3])
  t.same([...subtreeRows(order, 0, 1)].length, 23)
  t.same([...withAncestors(order, subtreeRows(order, -1, null), new Set([3, 25]))], [0, 1, 3, 25])
  const around = rowsAround(order, 10, 16)
  t.same([...around], [0, 8, 9, 10, 11, 12], 'its ancestors and the siblings beside it')
  t.same([...rowsAround(order, 1, 16)], [0, 1, 2, 3, 4, 5], 'its children, too')
  t.equal(parentRow(order, 3), 1)
})

t.test('a place is found by its row, else by its nearest ancestor that is left', async (t) => {
  const order = sample()
  const place = placeOf(order, 3)
  t.equal(rowAfter(order, place), 4)
  t.equal(rowAfter(order, { ...place, at: [hex(1, 32), hex(99)] }), 2, 'after its parent')
  t.equal(rowAfter(order, { at: [hex(9, 32), hex(99)], path: [] }), 0)
  t.same(rowsOfId(order, hex(4)), [3])
  t.same(rowsOfId(order, 'not an id'), [])
})
