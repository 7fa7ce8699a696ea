import t, { type Test } from 'tap'
import type { Span } from '../../src/model/span.ts'
import { attributes, span } from '../helpers/span-content.ts'
import { realService } from './real-service.ts'

const base = BigInt(Date.now() - 3_600_000) * 1_000_000n

function execution(
  trace: string,
  name: string,
  nodes: { id: string; ms: number; over?: Partial<Span>; prompt?: string }[],
): Span[] {
  const root = span(trace, '1', null, {
    executionId: name,
    workflowId: 'wf',
    startNs: base,
    endNs: base + 10_000_000_000n,
  })
  return [
    root,
    ...nodes.flatMap(({ id, ms, over, prompt }, i) => {
      const startNs = base + BigInt(i + 1) * 1_000_000n
      const endNs = startNs + BigInt(ms) * 1_000_000n
      const node = span(trace, `a${i}`, '1', {
        kind: 'node',
        nodeId: id,
        nodeName: `The ${id}`,
        startNs,
        endNs,
        ...over,
      })
      if (prompt === undefined) return [node]
      const tokens = { ...node.tokens, input: prompt.length, output: 5 }
      const cost = { amount: '0.5', source: 'reported' as const }
      return [
        node,
        span(trace, `c${i}`, `a${i}`, {
          kind: 'llm',
          startNs,
          endNs,
          tokens,
          cost,
          content: attributes({ 'input.value': prompt }),
        }),
      ]
    }),
  ]
}

async function stored(t: Test) {
  const service = await realService(t)
  await service.store.writeSpans({ workspace: 'default', workflows: ['*'] }, [
    ...execution('1', 'one', [
      { id: 'fetch', ms: 10 },
      { id: 'write', ms: 100, prompt: 'Be kind.\nWrite to ann@example.org' },
      { id: 'old', ms: 1 },
    ]),
    ...execution('2', 'two', [
      { id: 'fetch', ms: 10 },
      { id: 'fetch', ms: 10, over: { status: 'error' } },
      { id: 'write', ms: 900, prompt: 'Be kind.\nWrite a very long letter to ann@example.org' },
      { id: 'new', ms: 1 },
    ]),
  ])
  return service
}

t.test('two executions side by side, node by node', async (t) => {
  const service = await stored(t)
  const { status, json } = await service.as(
    { scope: 'traces:read content:read' },
    'GET',
    '/api/executions/one/compare/two',
  )
  t.equal(status, 200)
  const nodes = new Map<string, { changes: string[] }>(
    json.nodes.map((node: { node_id: string }) => [node.node_id, node]),
  )
  t.match(nodes.get('fetch'), {
    changes: ['repeated', 'slower', 'status'],
    a: { runs: 1 },
    b: { runs: 2, errors: 1 },
  })
  t.match(nodes.get('write'), {
    name: 'The write',
    changes: ['slower', 'dearer', 'prompt'],
    duration: { delta: 800, ratio: 9 },
  })
  t.same(nodes.get('old')?.changes, ['removed'])
  t.same(nodes.get('new')?.changes, ['added'])
  const [prompt] = (nodes.get('write') as never as { prompts: { lines: { op: string; text: string }[] }[] })
    .prompts
  t.ok(prompt?.lines.some(({ op, text }) => op === 'added' && text.includes('very long letter')))
  t.ok(prompt?.lines.some(({ op, text }) => op === 'same' && text.includes('Be kind.')))
  t.notMatch(JSON.stringify(json), /ann@example/)
  t.same(json.notices, [])
})

t.test('slower and dearer are said from a tenth on, and beyond what a clock is out by', async (t) => {
  const service = await realService(t)
  const call = (input: number, amount: string | null) => ({
    kind: 'llm' as const,
    tokens: { ...span('1', 'x', null).tokens, input, output: 0 },
    cost: amount === null ? null : { amount, source: 'reported' as const },
  })
  const sides: Record<string, [{ ms?: number } & Partial<Span>, { ms?: number } & Partial<Span>]> = {
    'slower by a tenth': [{ ms: 1_000 }, { ms: 1_100 }],
    'slower by less': [{ ms: 1_000 }, { ms: 1_099 }],
    'twice nothing': [{ ms: 2 }, { ms: 6 }],
    faster: [{ ms: 1_100 }, { ms: 1_000 }],
    'costs more': [call(100, '0.1'), call(100, '0.2')],
    'costs less, of more tokens': [call(100, '0.2'), call(900, '0.1')],
    'no price, more tokens': [call(100, null), call(110, null)],
    'no price, few more': [call(100, null), call(109, null)],
    'no price, fewer tokens': [call(110, null), call(100, null)],
  }
  for (const [at, name] of (['one', 'two'] as const).entries())
    await service.store.writeSpans(
      { workspace: 'default', workflows: ['*'] },
      execution(
        String(at + 1),
        name,
        Object.entries(sides).map(([id, both]) => {
          const { ms = 10, ...over } = at === 0 ? both[0] : both[1]
          return { id, ms, over }
        }),
      ),
    )
  const changes = async (path: string) => {
    const { json } = await service.as({ scope: 'traces:read' }, 'GET', `/api/executions/${path}`)
    return Object.fromEntries(
      json.nodes.flatMap(({ node_id, changes }: { node_id: string | null; changes: string[] }) =>
        node_id === null ? [] : [[node_id, changes]],
      ),
    )
  }
  t.same(await changes('one/compare/two'), {
    'slower by a tenth': ['slower'],
    'slower by less': [],
    'twice nothing': [],
    faster: ['faster'],
    'costs more': ['dearer'],
    'costs less, of more tokens': ['cheaper'],
    'no price, more tokens': ['dearer'],
    'no price, few more': [],
    'no price, fewer tokens': ['cheaper'],
  })
  t.match(await changes('two/compare/one'), { faster: ['slower'], 'costs more': ['cheaper'] })
})

t.test('artifacts that came, went or changed are told by name, type and hash', async (t) => {
  const service = await realService(t)
  const file = (id: string, name: string, sha256: string | null, mediaType = 'text/plain') => ({
    ...{ id, name, mediaType, size: 3, sha256 },
  })
  const of = (trace: string, name: string, artifacts: Span['artifacts']) =>
    execution(trace, name, [
      { id: 'write', ms: 10, over: { artifacts } },
      { id: 'same', ms: 1, over: { artifacts: [file('s', 'same.txt', 'd')] } },
    ])
  await service.store.writeSpans({ workspace: 'default', workflows: ['*'] }, [
    ...of('1', 'one', [file('1', 'report.md', 'a'), file('2', 'old.csv', 'b'), file('3', 'kept', 'c')]),
    ...of('2', 'two', [file('4', 'report.md', 'x'), file('5', 'new.csv', 'b'), file('6', 'kept', 'c')]),
  ])
  const compare = async (scope: string) =>
    (await service.as({ scope }, 'GET', '/api/executions/one/compare/two')).json
  const json = await compare('traces:read artifacts:read')
  const [write, same] = ['write', 'same'].map((id) =>
    json.nodes.find((node: { node_id: string }) => node.node_id === id),
  )
  t.same(same.artifacts, [])
  t.notOk(same.changes.includes('artifact'))
  t.match([same.a.artifacts, write.a.artifacts, write.b.artifacts], [1, 3, 3])
  t.ok(write.changes.includes('artifact'))
  const told = write.artifacts.map((one: { change: string; a: object | null; b: object | null }) => [
    one.change,
    one.a && (one.a as { sha256: string }).sha256,
    one.b && (one.b as { name: string }).name,
  ])
  t.same(told, [
    ['changed', 'a', 'report.md'],
    ['removed', 'b', null],
    ['added', null, 'new.csv'],
  ])
  t.match(write.artifacts[0].a, { media_type: 'text/plain', size: 3, state: 'reference', download_id: null })
  const blind = JSON.stringify(await compare('traces:read'))
  t.equal(
    blind,
    JSON.stringify(json).replace(/"sha256":"\w+"/g, '"sha256":null'),
    'by hashes that are not told',
  )
})

t.test('without content:read it says that a prompt changed, not how', async (t) => {
  const service = await stored(t)
  const { json } = await service.as({ scope: 'traces:read' }, 'GET', '/api/executions/one/compare/two')
  const write = json.nodes.find((node: { node_id: string }) => node.node_id === 'write')
  t.ok(write.changes.includes('prompt'))
  t.notMatch(JSON.stringify(json), /kind\./)
})

t.test('either id that is out of reach is the same 404', async (t) => {
  const service = await stored(t)
  const ask = (path: string, claims: object = {}) =>
    service.as({ scope: 'traces:read', ...claims }, 'GET', path)
  const missing = await ask('/api/executions/one/compare/none')
  t.equal(missing.status, 404)
  t.equal((await ask('/api/executions/none/compare/one')).text, missing.text)
  t.equal((await ask('/api/executions/one/compare/two', { workflows: ['elsewhere'] })).text, missing.text)
  t.same(
    (await ask('/api/executions/one/compare/one')).json.nodes.flatMap(
      (node: { changes: string[] }) => node.changes,
    ),
    [],
  )
})

t.test('statistics of a window, as a whole and node by node', async (t) => {
  const service = await stored(t)
  const ask = (path: string, claims: object = {}) =>
    service.as({ scope: 'traces:read', ...claims }, 'GET', path)
  const { status, json } = await ask('/api/workflows/wf/stats')
  t.equal(status, 200)
  t.match(json.executions, { total: 2, by_status: { completed: 2 }, p50_ms: 10_000, cost: { amount: '1' } })
  const write = json.nodes.find((node: { node_id: string }) => node.node_id === 'write')
  t.match(write, {
    runs: 2,
    errors: 0,
    p50_ms: 100,
    p95_ms: 900,
    tokens: { output: 10 },
    cost: { amount: '1' },
  })
  t.match(json.nodes[0], { node_id: 'fetch', runs: 3, errors: 1 })
  t.match(json.sampled, { executions: false, node_executions: 2 })

  const empty = await ask('/api/workflows/none/stats')
  t.match([empty.status, empty.json.executions.total, empty.json.nodes], [200, 0, []])
  const hidden = await ask('/api/workflows/wf/stats', { workflows: ['none'] })
  t.same(hidden.json.executions, empty.json.executions)
  const old = await ask('/api/workflows/wf/stats?to=2020-01-08T00:00:00Z')
  t.match(old.json, { from: '2020-01-01T00:00:00.000Z', executions: { total: 0 } })
  t.equal((await ask('/api/workflows/wf/stats?from=2020-01-01T00:00:00Z')).status, 400, 'a window is bounded')
})

t.test(
  'a summary tells the path, the slowest and the usage over time, with children where all are visible',
  async (t) => {
    const service = await stored(t)
    await service.store.writeSpans({ workspace: 'default', workflows: ['*'] }, [
      span('1', 'd1', '1', { executionId: 'sub', workflowId: 'wf-sub', kind: 'workflow', startNs: base }),
      span('1', 'd2', 'd1', {
        kind: 'llm',
        startNs: base,
        tokens: { ...span('1', 'x', null).tokens, input: 7, output: 1 },
      }),
      span('1', 'e1', 'gone', { executionId: 'one', startNs: base }),
    ])
    const ask = async (claims: object = {}) =>
      (await service.as({ scope: 'traces:read', ...claims }, 'GET', '/api/executions/one/trace/summary')).json
    const summary = await ask()
    t.match(
      summary.critical_path.spans.map((step: { self_ms: number }) => step.self_ms > 0).includes(true),
      true,
    )
    t.equal(summary.slowest[0].span_id, '1'.padStart(16, '0'))
    t.ok(summary.slowest[0].self_ms > 9_000 && summary.slowest[0].self_ms < 10_000)
    t.equal(
      summary.usage_over_time.buckets.reduce((sum: number, one: { calls: number }) => sum + one.calls, 0),
      1,
    )
    t.equal(summary.including_children.tokens.input, summary.tokens.input + 7)
    t.equal(summary.including_children.span_count, summary.span_count + 2)
    t.match(summary.notices, [{ code: 'missing_parent', message: /owed by tests/ }])
    t.equal((await ask({ workflows: ['wf'] })).including_children, undefined)
  },
)
