import t from 'tap'
import { realService } from './real-service.ts'

const everything = { scope: 'traces:write traces:read content:read' }
const service = await realService(t)
const get = async (path: string) => (await service.as(everything, 'GET', path)).json
const id = (n: number) => n.toString(16).padStart(16, '0')
const trace = (n: number) => n.toString(16).padStart(32, '0')
const at = (seconds: number) => String(1_790_000_000_000_000_000n + BigInt(seconds) * 1_000_000_000n)

type Sent = { trace: number; id: number; parent?: number; name: string; from?: number; over?: object } & {
  attributes?: Record<string, string | number>
}

const attributesOf = (plain: Record<string, string | number>) =>
  Object.entries(plain).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }))

/** Exports spans in one request, as an engine's exporter does. */
async function send(spans: Sent[], { resource = {}, scope = 'engine' } = {}) {
  const sent = spans.map(
    ({ trace: traceNumber, id: own, parent, name, attributes = {}, from = 0, over = {} }) => ({
      traceId: trace(traceNumber),
      spanId: id(own),
      ...(parent === undefined ? {} : { parentSpanId: id(parent) }),
      name,
      startTimeUnixNano: at(from),
      endTimeUnixNano: at(from + 1),
      attributes: attributesOf(attributes),
      ...over,
    }),
  )
  const body = {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: scope }, spans: sent }],
      },
    ],
  }
  const answer = await service.as(everything, 'POST', '/v1/traces', JSON.stringify(body), {
    'content-type': 'application/json',
  })
  t.equal(answer.text, '{}')
}

const summaryOf = (execution: string) => get(`/api/executions/${encodeURIComponent(execution)}/trace/summary`)

t.test('n8n: a resumed execution is one, in two traces; another instance counts for itself', async (t) => {
  const n8n = (instance: string) => ({ resource: { 'n8n.instance.id': instance }, scope: 'n8n-workflow' })
  const run = (status: string) => ({
    'n8n.workflow.id': 'w-9',
    'n8n.execution.id': 7,
    'n8n.execution.status': status,
  })
  const node = { 'n8n.node.id': 'ask', 'n8n.node.name': 'Ask' }
  await send(
    [
      { trace: 1, id: 1, name: 'workflow.execute', attributes: run('waiting') },
      { trace: 1, id: 2, parent: 1, name: 'node.execute', attributes: node },
    ],
    n8n('inst-a'),
  )
  await send([{ trace: 3, id: 1, name: 'workflow.execute', attributes: run('success') }], n8n('inst-b'))
  t.match(await summaryOf('inst-a:7'), { status: 'interrupted', span_count: 2, workflow_id: 'w-9' })
  const link = {
    traceId: trace(1),
    spanId: id(1),
    attributes: attributesOf({ 'n8n.continuation.reason': 'resume' }),
  }
  await send(
    [
      {
        trace: 2,
        id: 1,
        from: 60,
        name: 'workflow.execute',
        attributes: run('success'),
        over: { links: [link] },
      },
      { trace: 2, id: 2, parent: 1, from: 60, name: 'node.execute', attributes: { 'n8n.node.id': 'send' } },
    ],
    n8n('inst-a'),
  )
  const summary = await summaryOf('inst-a:7')
  t.match(summary, { status: 'completed', span_count: 4, complete: true })
  t.strictSame(summary.trace_ids, [trace(1), trace(2)])
  t.strictSame(
    summary.by_node.map((node: { node_id: string }) => node.node_id),
    ['ask', 'send'],
  )
  t.match(await summaryOf('inst-b:7'), { status: 'completed', span_count: 1 })
  const list = await get('/api/workflows/w-9/executions')
  t.strictSame(list.map((row: { execution_id: string }) => row.execution_id).sort(), ['inst-a:7', 'inst-b:7'])
  const { spans } = await get(`/api/executions/${encodeURIComponent('inst-a:7')}/trace`)
  t.match(
    spans.flatMap(({ links }: { links: object[] }) => links),
    [{ span_id: id(1), trace_id: trace(1) }],
  )
})

t.test('an id that comes with the root, long after its children, names them all', async (t) => {
  await send([
    { trace: 11, id: 2, parent: 1, name: 'first' },
    { trace: 11, id: 3, parent: 2, name: 'second' },
  ])
  t.match(await summaryOf(trace(11)), { status: 'running', span_count: 2, complete: false })
  const root = { 'orcheo.execution.id': 'late-1', 'orcheo.workflow.id': 'late' }
  await send([{ trace: 11, id: 1, name: 'workflow.execution', attributes: root }])
  t.match(await summaryOf('late-1'), {
    status: 'completed',
    span_count: 3,
    complete: true,
    workflow_id: 'late',
  })
  t.match(await summaryOf(trace(11)), { execution_id: 'late-1' }, 'the trace id stays a way to it')
})

t.test('an id in the resource, in metadata as JSON, and copied by baggage', async (t) => {
  await send([{ trace: 21, id: 1, name: 'work' }], {
    resource: { 'workflow.execution.id': 'by-resource', 'workflow.id': 'wf' },
  })
  await send([
    {
      trace: 22,
      id: 1,
      name: 'work',
      attributes: { metadata: JSON.stringify({ execution_id: 'by-metadata', thread_id: 'th' }) },
    },
  ])
  await send([
    { trace: 23, id: 1, name: 'work', attributes: { execution_id: 'by-baggage' } },
    { trace: 23, id: 2, parent: 1, name: 'below', attributes: { execution_id: 'by-baggage' } },
  ])
  t.match(await summaryOf('by-resource'), { span_count: 1, workflow_id: 'wf' })
  t.match(await summaryOf('by-metadata'), { span_count: 1, thread_id: 'th' })
  t.match(await summaryOf('by-baggage'), { span_count: 2 })
})

t.test('a sub-workflow in the same trace is an execution of its own, and not paid for twice', async (t) => {
  const run = (execution: string, workflow: string) => ({
    'workflow.execution.id': execution,
    'workflow.id': workflow,
  })
  const call = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 2,
  }
  await send([
    { trace: 31, id: 1, name: 'outer', attributes: run('outer', 'wf-a') },
    { trace: 31, id: 2, parent: 1, name: 'chat', attributes: call },
    { trace: 31, id: 3, parent: 1, name: 'inner', attributes: run('inner', 'wf-b') },
    { trace: 31, id: 4, parent: 3, name: 'chat', attributes: call },
  ])
  const outer = await summaryOf('outer')
  t.match(outer, { span_count: 2, tokens: { input: 10, output: 2 }, llm_call_count: 1 })
  t.match(outer.including_children, { span_count: 4, tokens: { input: 20, output: 4 } })
  t.match(await summaryOf('inner'), { span_count: 2, tokens: { input: 10, output: 2 }, workflow_id: 'wf-b' })
})

t.test('an SDK that tells its own calls, below a library that tells them too, is counted once', async (t) => {
  const usage = { 'gen_ai.usage.input_tokens': 65, 'gen_ai.usage.output_tokens': 17 }
  const sdk = { 'gen_ai.operation.name': 'chat', 'gen_ai.response.id': 'msg_1', ...usage }
  const libraries: Record<string, Record<string, string | number>> = {
    'pydantic-ai': { 'gen_ai.operation.name': 'chat', 'gen_ai.response.id': 'msg_1', ...usage },
    langchain: {
      'openinference.span.kind': 'LLM',
      'llm.token_count.prompt': 65,
      'llm.token_count.completion': 17,
    },
    haystack: {
      'haystack.component.name': 'llm',
      'haystack.component.output': JSON.stringify({
        replies: [{ meta: { model: 'gpt-4o', usage: { prompt_tokens: 65, completion_tokens: 17 } } }],
      }),
    },
  }
  let number = 40
  for (const [name, attributes] of Object.entries(libraries)) {
    number += 1
    await send([
      { trace: number, id: 1, name: 'run', attributes: { 'workflow.execution.id': name } },
      { trace: number, id: 2, parent: 1, name, attributes },
      { trace: number, id: 3, parent: 2, name: 'anthropic.messages.create', attributes: sdk },
    ])
    t.match(await summaryOf(name), { llm_call_count: 1, tokens: { input: 65, output: 17, total: 82 } }, name)
  }
})
