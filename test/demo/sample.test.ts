import OpenAI from 'openai'
import t from 'tap'
import { startChatApi } from '../../src/demo/chat-api.ts'
import { startSample } from '../../src/demo/sample.ts'
import { json, need, Receiver } from '../runner/receiver.ts'

t.test('the sample workflows send what real ones would', async (t) => {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  t.teardown(() => receiver.close())
  const fallbackPath = `${t.testdir()}/fallback.jsonl`
  const lines: string[] = []
  const tell = (line: string) => void lines.push(line)
  const sample = await startSample({ endpoint, token: 't', fallbackPath, pace: 0.02, tell })
  await sample.run(tell)
  await receiver.until(() => receiver.spans.some((span) => span.name === 'Ticket 2 of 60'))

  const roots = receiver.spans.filter((span) => span.attributes.get('workflow.span.kind') === 'workflow')
  const open = roots.filter(
    (span) => !receiver.spans.some((other) => other.spanId === span.spanId && other.endNs > 0n),
  )
  t.same(
    open.map((span) => span.attributes.get('workflow.execution.id')),
    sample.executions
      .filter((execution) => execution.status === 'running')
      .map((execution) => execution.executionId),
    'one execution is still running',
  )
  for (const execution of sample.executions) {
    const root = need(
      roots.findLast((span) => span.attributes.get('workflow.execution.id') === execution.executionId),
    )
    const said = root.attributes.get('workflow.status')
    const ended = root.endNs > 0n
    const status = said ?? (root.statusCode === 2 ? 'failed' : ended ? 'completed' : 'running')
    t.equal(status, execution.status, execution.about)
  }

  const kinds = new Set(receiver.spans.map((span) => span.attributes.get('workflow.span.kind')))
  t.same([...kinds].sort(), [
    'agent',
    'downstream',
    'embedding',
    'internal',
    'llm',
    'node',
    'retriever',
    'tool',
    'workflow',
  ])
  const failed = need(receiver.spans.find((span) => span.name === 'Publish answer' && span.statusCode === 2))
  t.match(failed.statusMessage, '502')
  const prompts = receiver.spans.map((span) => span.attributes.get('gen_ai.input.messages')).join('\n')
  t.match(prompts, /sk-proj-[0-9a-f]{48}/, 'a key, for redaction to find')
  t.match(prompts, 'integration@oakfield.example')
  const calls = receiver.spans.filter((span) => span.attributes.get('workflow.span.kind') === 'llm')
  t.ok(calls.some((span) => Number(span.attributes.get('gen_ai.usage.cache_read.input_tokens') ?? 0) > 0))
  t.ok(
    calls.every(
      (span) => span.endNs === 0n || Number(span.attributes.get('gen_ai.usage.input_tokens') ?? 0) > 0n,
    ),
  )
  const files = receiver.spans.flatMap(
    (span) => (json(span.attributes.get('workflow.artifacts')) as object[]) ?? [],
  )
  t.match(files, [{ id: 'report.md', media_type: 'text/markdown' }, { id: 'tickets.csv' }])

  const started = performance.now()
  await sample.close(8_000)
  t.ok(performance.now() - started < 9_000, 'ends, though it would go on for minutes')
  const backlog = need(receiver.spans.findLast((span) => span.name === 'Support triage'))
  t.equal(backlog.attributes.get('workflow.status'), 'cancelled')
})

t.test('the chat API serves the real client', async (t) => {
  const api = await startChatApi(0)
  t.teardown(() => api.close())
  const client = new OpenAI({ baseURL: `${api.url}/v1`, apiKey: 'none', maxRetries: 0 })
  const vectors = await client.embeddings.create({
    model: 'e',
    input: ['broken lamp glass', 'spare glass for lamps'],
  })
  const [a, b] = vectors.data.map((item) => item.embedding)
  t.equal(a?.length, 64)
  t.ok(
    (a ?? []).reduce((sum, value, index) => sum + value * (b?.[index] ?? 0), 0) > 0.3,
    'alike texts are near',
  )
  await t.rejects(client.models.list(), /405/)
  const said = await client.chat.completions.create({
    model: 'gpt-x',
    messages: [{ role: 'user', content: 'Sum up in one sentence: Charged twice' }],
  })
  t.match(said.choices[0]?.message.content, /billing/)
  t.equal(said.usage?.total_tokens, (said.usage?.prompt_tokens ?? 0) + (said.usage?.completion_tokens ?? 0))
})
