import { readFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { Door } from './door.ts'

export const fixture = (name: string) => readFileSync(new URL(`../fixtures/otlp/${name}`, import.meta.url))

/** What a workflow runner sends comes out as the tree that its names and parents say. */
export function writeAndRead(t: Test, open: (t: Test) => Promise<Door>): void {
  t.test('Orcheo: children wait for their root, then Canvas gets its answer', async (t) => {
    const door = await open(t)
    t.equal((await door.send(fixture('orcheo-1.pb'))).status, 200)
    t.equal(
      (await door.get('/api/executions/exec-0001/trace')).status,
      404,
      'nobody has named the execution yet',
    )
    const waiting = await door.get('/api/executions/5abda75c7b06314a7f44bd2312f6a0b7/trace')
    t.equal(waiting.status, 200, 'the trace answers at once, under its own id')
    t.same(
      waiting.body.spans.map((span: { name: string }) => span.name),
      ['fetch_feed'],
    )
    t.equal(waiting.body.spans[0].parent_span_id, null, 'a waiting span is a root to Canvas')
    t.same((await door.get('/api/workflows')).body, [], 'a trace without a root is not listed yet')

    for (const file of ['orcheo-2.json', 'orcheo-3.pb']) t.equal((await door.send(fixture(file))).status, 200)
    const answer = (await door.get('/api/executions/exec-0001/trace?_refresh=1')).body
    t.same(answer.execution.token_usage, { input: 1594, output: 212 })
    t.equal(answer.execution.status, 'completed')
    t.equal(answer.execution.trace_id, '5abda75c7b06314a7f44bd2312f6a0b7')
    t.same(answer.page_info, { has_next_page: false, cursor: null })
    const byName = new Map<string, Record<string, never>>(
      answer.spans.map((span: { name: string }) => [span.name, span]),
    )
    t.same([...byName.keys()].sort(), [
      'Summarise articles',
      'embed',
      'fetch_feed',
      'publish',
      'workflow.execution',
    ])
    t.match(byName.get('workflow.execution'), {
      parent_span_id: null,
      status: { code: 'OK' },
      attributes: { 'trace.spans.total': 5, 'trace.spans.returned': 5, 'trace.truncated': false },
    })
    for (const [name, span] of byName)
      if (name !== 'workflow.execution') t.equal(span.parent_span_id, '2b16b2b4be465502')
    t.match(byName.get('publish'), { status: { code: 'ERROR', message: 'Bad gateway from cms.example.com' } })
    t.match(byName.get('Summarise articles'), {
      model: 'gpt-4o-mini-2024-07-18',
      provider: 'openai',
      node_id: 'node-42',
      tokens: { input: 1530, output: 212 },
      attributes: { 'gen_ai.usage.input_tokens': 1530, 'gen_ai.operation.name': 'chat' },
    })
    t.same(
      (byName.get('fetch_feed') as never as { attributes: Record<string, unknown> }).attributes[
        'orcheo.artifact.ids'
      ],
      ['art-1', 'art-2'],
    )
    t.equal(
      (await door.get('/api/executions/5abda75c7b06314a7f44bd2312f6a0b7/trace')).body.execution.id,
      'exec-0001',
    )

    const rows = (await door.get('/api/workflows/wf-digest/executions?limit=50')).body
    t.same(
      rows.map((row: { execution_id: string; status: string }) => [row.execution_id, row.status]).sort(),
      [
        ['exec-0001', 'completed'],
        ['exec-0002', 'failed'],
        ['exec-0003', 'cancelled'],
      ],
    )
    for (const row of rows) t.match(row, { started_at: /^20/, steps: [], inputs: {} })
  })

  t.test('a batch that is sent three times, in any order and split, changes nothing', async (t) => {
    const door = await open(t)
    const files = ['orcheo-1.json', 'orcheo-2.json', 'orcheo-3.json'].map(fixture)
    const all = async () => {
      const paths = ['exec-0001', 'exec-0002', 'exec-0003'].map((id) => `/api/executions/${id}/trace`)
      return Promise.all(paths.map(async (path) => (await door.get(path)).body))
    }
    for (const file of files) await door.send(file)
    const first = await all()
    await Promise.all(
      [...files, ...files.toReversed(), ...files.flatMap(split)].map((body) => door.send(body)),
    )
    t.same(await all(), first)
  })

  t.test('pages of the skeleton are the tree in depth-first order', async (t) => {
    const door = await open(t)
    await door.send(fixture('ai.json'))
    const id = JSON.parse(String(fixture('ai.json'))).resourceSpans[0].scopeSpans[0].spans[0].traceId
    const whole = (await door.get(`/api/executions/${id}/trace?view=skeleton`)).body
    t.equal(whole.total, whole.columns.span_id.length)
    const names: string[] = []
    let cursor: string | null = null
    for (let page = 0; page < 50; page++) {
      const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { columns, page_info } = (
        await door.get(`/api/executions/${id}/trace?view=skeleton&limit=3${next}`)
      ).body
      names.push(...columns.name)
      cursor = page_info.cursor
      if (!page_info.has_next_page) break
    }
    t.same(names, whole.columns.name)
    t.equal(whole.columns.name[0], 'demo-root')
    t.same(whole.columns.depth.slice(0, 4), [0, 1, 2, 3])
    t.equal((await door.get(`/api/executions/${id}/trace?view=skeleton&cursor=bm9wZQ.AAAA`)).status, 400)
  })

  t.test('one span has its messages; the summary its totals', async (t) => {
    const door = await open(t)
    await door.send(fixture('ai.json'))
    const id = JSON.parse(String(fixture('ai.json'))).resourceSpans[0].scopeSpans[0].spans[0].traceId
    const { columns } = (await door.get(`/api/executions/${id}/trace?view=skeleton`)).body
    const chat = columns.span_id[columns.kind.indexOf('llm')]
    const detail = (await door.get(`/api/executions/${id}/spans/${chat}`)).body
    t.match(detail, {
      kind: 'llm',
      model: 'mock-model-2026-01-01',
      input: { messages: [{ role: 'system' }, { role: 'user' }] },
    })
    const hidden = (await door.get(`/api/executions/${id}/spans/${chat}`, { scope: 'traces:read' })).body
    t.match(hidden, { input: { messages: [], value: null, hidden: /content:read/ }, tokens: detail.tokens })
    t.notMatch(JSON.stringify(hidden), 'gen_ai.input.messages')
    const summary = (await door.get(`/api/executions/${id}/trace/summary`)).body
    t.equal(summary.span_count, columns.span_id.length)
    t.equal(summary.error_count, 1, 'an error is told once, at the deepest span')
    t.ok(summary.by_model.some((row: { model: string }) => row.model === 'mock-model-2026-01-01'))
  })

  t.test('what is out of reach is what is missing, byte for byte', async (t) => {
    const door = await open(t)
    for (const file of ['orcheo-1.json', 'orcheo-2.json']) await door.send(fixture(file))
    for (const path of ['trace', 'trace?view=skeleton', 'trace/summary', 'spans/2b16b2b4be465502']) {
      const missing = await door.get(`/api/executions/nobody/${path}`)
      t.equal(missing.status, 404)
      for (const claims of [
        { workflows: ['other', 'wf-digest-2*'] },
        { workspace: 'elsewhere' },
        { workflows: [] },
      ]) {
        const denied = await door.get(`/api/executions/exec-0001/${path}`, claims)
        t.same(comparable(denied), comparable(missing), `${path} for ${JSON.stringify(claims)}`)
      }
    }
    t.equal((await door.get('/api/executions/exec-0001/trace', { scope: 'traces:write' })).status, 403)
    const list = await door.get('/api/workflows/wf-digest/executions', { workflows: ['other'] })
    t.same([list.status, list.body], [200, []])
    t.equal((await door.get('/api/executions/exec-0001/trace', { workflows: ['wf-*'] })).status, 200)
  })

  t.test('nobody can adopt, see or change the waiting spans of another grant', async (t) => {
    const door = await open(t)
    await door.send(fixture('orcheo-1.json'), { workflows: ['*'] })
    const thief = { workflows: ['mine'] }
    const root = rootLike('5abda75c7b06314a7f44bd2312f6a0b7', '2b16b2b4be465502', 'stolen', 'mine')
    t.equal((await door.send(root, thief)).status, 200)
    const seen = await door.get('/api/executions/stolen/trace', thief)
    t.same(
      seen.body.spans.map((span: { name: string }) => span.name),
      ['thief'],
    )
    await door.send(fixture('orcheo-2.json'), { workflows: ['*'] })
    const theirs = (await door.get('/api/executions/exec-0001/trace', { workflows: ['wf-digest'] })).body
    t.equal(theirs.spans.length, 5)
    t.notMatch(JSON.stringify(theirs), /thief|stolen/)
    t.equal((await door.get('/api/executions/exec-0001/trace', thief)).status, 404)
  })

  t.test('a workflow outside the grant is refused span by span', async (t) => {
    const door = await open(t)
    const answer = await door.send(rootLike('a'.repeat(32), 'b'.repeat(16), 'e1', 'theirs'), {
      workflows: ['mine'],
    })
    t.equal(answer.status, 200)
    t.match(answer.body, { partialSuccess: { rejectedSpans: '1', errorMessage: /workflow_denied/ } })
    t.equal((await door.get('/api/executions/e1/trace')).status, 404)
  })
}

/** One export request for each span of a request. */
function split(body: Buffer): string[] {
  const { resourceSpans } = JSON.parse(String(body))
  return resourceSpans.flatMap((resource: { scopeSpans: { spans: object[] }[] }) =>
    resource.scopeSpans.flatMap((scope) =>
      scope.spans.map((span) =>
        JSON.stringify({ resourceSpans: [{ ...resource, scopeSpans: [{ ...scope, spans: [span] }] }] }),
      ),
    ),
  )
}

function rootLike(traceId: string, spanId: string, execution: string, workflow: string): string {
  const nowNs = BigInt(Date.now()) * 1_000_000n
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const attributes = [text('orcheo.execution.id', execution), text('orcheo.workflow.id', workflow)]
  const span = {
    traceId,
    spanId,
    name: 'thief',
    startTimeUnixNano: `${nowNs}`,
    endTimeUnixNano: `${nowNs + 5n}`,
    attributes,
  }
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
}

/** An answer without what differs between any two answers. */
function comparable({
  status,
  headers,
  body,
}: {
  status: number
  headers: Record<string, string>
  body: unknown
}) {
  const { 'x-request-id': _id, date: _date, ...rest } = headers
  return { status, headers: rest, body }
}
