import fc from 'fast-check'
import t from 'tap'
import { holdToGrant } from '../../src/access/grant.ts'
import { allowsWorkflow, normalizePatterns, onlyLiteral, requireScope } from '../../src/access/policy.ts'
import type { Span } from '../../src/model/span.ts'

t.test('patterns', async (t) => {
  const table: [string[], string, boolean][] = [
    [[], 'a', false],
    [['*'], 'a', true],
    [['*'], '', true],
    [['a'], 'a', true],
    [['a'], 'ab', false],
    [['a*'], 'a', true],
    [['a*'], 'ab', true],
    [['a*'], 'b', false],
    [['a*b'], 'axb', false],
    [['a*b'], 'a*b', true],
    [['A'], 'a', false],
    [['a.c'], 'abc', false],
  ]
  for (const [patterns, id, expected] of table)
    t.equal(allowsWorkflow(patterns, id), expected, `${patterns} ${id}`)
})

t.test('equal grants are written in one way', async (t) => {
  t.strictSame(normalizePatterns(['b', 'a', 'b']), ['a', 'b'])
  t.strictSame(normalizePatterns(['a', '*', 'b*']), ['*'])
  t.strictSame(normalizePatterns(['ab*', 'a*', 'abc', 'b']), ['a*', 'b'])
  const pattern = fc.stringMatching(/^[ab]{0,3}\*?$/)
  fc.assert(
    fc.property(fc.array(pattern), fc.stringMatching(/^[ab]{0,4}$/), (patterns, id) => {
      const normal = normalizePatterns(patterns)
      const shuffled = normalizePatterns([...patterns, ...patterns].reverse())
      return (
        allowsWorkflow(normal, id) === allowsWorkflow(patterns, id) &&
        JSON.stringify(normal) === JSON.stringify(shuffled)
      )
    }),
  )
})

t.test('the only literal id', async (t) => {
  t.equal(onlyLiteral(['a']), 'a')
  for (const patterns of [[], ['*'], ['a*'], ['a', 'b']]) t.equal(onlyLiteral(patterns), null)
})

t.test('scopes do not imply one another', async (t) => {
  const principal = { subject: 's', workspace: 'w', workflows: [], scopes: new Set(['admin'] as const) }
  requireScope(principal, 'admin')
  t.throws(() => requireScope(principal, 'traces:read'), { code: 'TRACE_SCOPE_MISSING', statusCode: 403 })
})

t.test('spans are held to the grant', async (t) => {
  const span = (workflowId: string | null, workflowName: string | null) =>
    ({ workflowId, workflowName }) as Span
  const sent = [
    span('mine', null),
    span('theirs', null),
    span(null, 'theirs'),
    span(null, 'mine'),
    span(null, null),
  ]
  t.strictSame(holdToGrant(sent, ['mine']), {
    spans: [span('mine', null), span(null, 'mine'), span(null, 'mine'), span(null, null)],
    denied: 1,
    named: 'theirs',
  })
  t.strictSame(holdToGrant(sent, ['mine', 'x*']).spans[1], span(null, null), 'no only id to fall back on')
  t.equal(holdToGrant(sent, ['*']).spans, sent)
  t.equal(holdToGrant(sent, []).denied, 2)
  t.equal(sent[2]?.workflowName, 'theirs', 'what was sent is not changed')
})
