import t from 'tap'
import { alignNodes } from '../../src/tree/compare.ts'
import { buildExecutionTree } from '../../src/tree/execution-tree.ts'
import { diffLines } from '../../src/tree/line-diff.ts'
import type { SlimSpan } from '../../src/tree/slim-span.ts'
import { slim, tokens } from './slim.ts'

const tree = (spans: SlimSpan[]) => buildExecutionTree(spans, { executionId: 't1', fallback: true })

t.test('nodes align by their id, however often they ran; what is below belongs to them', async (t) => {
  const node = (id: string, nodeId: string) => slim(id, 'root', { kind: 'node', nodeId })
  const a = tree([
    slim('root'),
    node('1', 'fetch'),
    node('2', 'gone'),
    slim('call', '1', { kind: 'llm', tokens: tokens(5, 1) }),
  ])
  const b = tree([slim('root'), node('1', 'fetch'), node('2', 'fetch'), node('3', 'new')])
  const nodes = alignNodes(a, b)
  t.same(
    nodes.map(({ nodeId, a, b }) => [nodeId, a?.runs ?? 0, b?.runs ?? 0]),
    [
      [null, 1, 1],
      ['fetch', 1, 2],
      ['gone', 1, 0],
      ['new', 0, 1],
    ],
  )
  t.match(nodes[1]?.a, { usage: { tokens: { input: 5 } }, calls: [{ spanId: 'call' }] })
})

t.test('what names no node aligns by kind, name and place', async (t) => {
  const step = (id: string, name: string, at: bigint) => slim(id, 'root', { name, startNs: at, kind: 'tool' })
  const a = tree([slim('root'), step('1', 'search', 1n), step('2', 'search', 2n)])
  const b = tree([slim('root'), step('7', 'search', 1n), step('8', 'write', 2n)])
  t.same(
    alignNodes(a, b).map(({ name, a, b }) => [name, a !== null, b !== null]),
    [
      ['root', true, true],
      ['search', true, true],
      ['search', true, false],
      ['write', false, true],
    ],
  )
})

t.test('a difference keeps what is around it, and is bounded', async (t) => {
  const text = (middle: string[]) => ['1', '2', '3', '4', ...middle, '5', '6'].join('\n')
  t.same(
    diffLines(text(['a', 'b']), text(['a', 'c']), 100).lines,
    [
      { op: 'same', text: '3' },
      { op: 'same', text: '4' },
      { op: 'same', text: 'a' },
      { op: 'removed', text: 'b' },
      { op: 'added', text: 'c' },
      { op: 'same', text: '5' },
      { op: 'same', text: '6' },
    ].slice(0),
  )
  const long = (word: string) => Array.from({ length: 5_000 }, (_, i) => `${word} ${i}`).join('\n')
  const cut = diffLines(long('a'), long('b'), 50)
  t.equal(cut.lines.length, 50)
  t.equal(cut.cut, true)
})
