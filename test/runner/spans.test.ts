import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import * as model from '../../src/model/span.ts'
import { createRunner, type RunnerOptions } from '../../src/runner/index.ts'
import { SPAN_KINDS } from '../../src/runner/keys.ts'
import { json, need, Receiver } from './receiver.ts'

async function setup(test: Pick<typeof t, 'teardown'>, options: Partial<RunnerOptions> = {}) {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  const runner = createRunner({ endpoint, token: 'the-token', serviceName: 'test-runner', ...options })
  test.teardown(async () => {
    await runner.shutdown({ timeoutMs: 200 })
    await receiver.close()
  })
  return { receiver, runner }
}

t.test('an execution arrives as the tree that its calls made', async (t) => {
  const { receiver, runner } = await setup(t)
  const result = await runner.execution(
    { workflowId: 'wf', workflowName: 'Triage', executionId: 'ex-1', threadId: 'th', input: { ticket: 7 } },
    async (execution) => {
      const text = await execution.node({ id: 'n1', name: 'Classify', kind: 'llm' }, (node) =>
        // through the execution, not the node: the context places it below the node
        execution.llm(
          {
            model: 'gpt-x',
            provider: 'openai',
            system: 'Be short.',
            messages: [{ role: 'user', content: 'Hello' }],
            parameters: { temperature: 0.2 },
          },
          (span) => {
            span.setChatCompletion({
              id: 'cmpl-1',
              model: 'gpt-x-2026',
              choices: [
                {
                  finish_reason: 'tool_calls',
                  message: {
                    role: 'assistant',
                    content: null,
                    tool_calls: [
                      { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
                    ],
                  },
                },
              ],
              usage: {
                prompt_tokens: 30,
                completion_tokens: 5,
                prompt_tokens_details: { cached_tokens: 10 },
              },
            })
            span.setCost(0.0001)
            node.event('checked', { times: 2 })
            return 'classified'
          },
        ),
      )
      await execution.tool({ name: 'look', callId: 'c1', arguments: { a: 1 } }, () => ({ found: true }))
      execution.setOutput({ text })
      return text
    },
  )
  t.equal(result, 'classified')
  await runner.shutdown()

  const { ended } = receiver
  const root = need(ended.get('Triage'))
  const node = need(ended.get('Classify'))
  const llm = need(ended.get('chat gpt-x'))
  const tool = need(ended.get('execute_tool look'))
  t.equal(root.parentSpanId, '')
  t.same([node.parentSpanId, llm.parentSpanId, tool.parentSpanId], [root.spanId, node.spanId, root.spanId])
  t.equal(new Set([root.traceId, node.traceId, llm.traceId, tool.traceId]).size, 1)
  for (const span of ended.values()) t.equal(span.attributes.get('workflow.execution.id'), 'ex-1')
  t.equal(root.attributes.get('workflow.id'), 'wf')
  t.equal(root.attributes.get('workflow.thread.id'), 'th')
  t.equal(root.attributes.get('workflow.span.kind'), 'workflow')
  t.same(json(root.attributes.get('input.value')), { ticket: 7 })
  t.equal(root.attributes.get('input.mime_type'), 'application/json')
  t.same(json(root.attributes.get('output.value')), { text: 'classified' })
  t.equal(node.attributes.get('workflow.node.id'), 'n1')
  t.equal(node.attributes.get('workflow.node.name'), 'Classify')
  t.equal(node.attributes.get('workflow.node.kind'), 'llm')
  t.equal(node.events[0]?.name, 'checked')
  t.equal(llm.kind, 3)
  const wanted = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-x',
    'gen_ai.request.temperature': 0.2,
    'gen_ai.response.model': 'gpt-x-2026',
    'gen_ai.response.id': 'cmpl-1',
    'gen_ai.response.finish_reasons': ['tool_calls'],
    'gen_ai.usage.input_tokens': 30n,
    'gen_ai.usage.output_tokens': 5n,
    'gen_ai.usage.cache_read.input_tokens': 10n,
  }
  for (const [key, value] of Object.entries(wanted)) t.same(llm.attributes.get(key), value, key)
  t.same(json(llm.attributes.get('gen_ai.system_instructions')), [{ type: 'text', content: 'Be short.' }])
  t.same(json(llm.attributes.get('gen_ai.input.messages')), [
    { role: 'user', parts: [{ type: 'text', content: 'Hello' }] },
  ])
  t.same(json(llm.attributes.get('gen_ai.output.messages')), [
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'c1', name: 'look', arguments: { a: 1 } }],
      finish_reason: 'tool_calls',
    },
  ])
  t.same(json(tool.attributes.get('gen_ai.tool.call.arguments')), { a: 1 })
  t.same(json(tool.attributes.get('gen_ai.tool.call.result')), { found: true })
  t.equal(receiver.requests[0]?.headers.authorization, 'Bearer the-token')
})

t.test('what the workflow throws comes out unchanged, and is on every span it passed', async (t) => {
  const { receiver, runner } = await setup(t)
  const error = Object.assign(new TypeError('no such ticket'), { code: 'E_TICKET' })
  const thrown = await runner
    .execution({ workflowId: 'wf' }, (execution) =>
      execution.node({ id: 'bad' }, () => {
        throw error
      }),
    )
    .catch((caught: unknown) => caught)
  t.equal(thrown, error, 'the same object')
  const strange = await runner
    .execution({ workflowId: 'strange' }, () => Promise.reject(undefined))
    .then(
      () => 'resolved',
      (caught) => caught,
    )
  t.equal(strange, undefined)
  await runner.shutdown()
  for (const name of ['wf', 'bad']) {
    const span = need(receiver.ended.get(name))
    t.equal(span.statusCode, 2)
    t.equal(span.statusMessage, 'no such ticket')
    t.equal(span.attributes.get('error.type'), 'E_TICKET')
    t.equal(span.events[0]?.attributes.get('exception.message'), 'no such ticket')
  }
  t.equal(need(receiver.ended.get('strange')).statusCode, 2)
})

t.test('cancelled and interrupted are ends of their own, up to the root', async (t) => {
  const { receiver, runner } = await setup(t)
  const stop = runner.execution({ workflowId: 'cancelled' }, (execution) =>
    execution.node({ id: 'inner' }, (span) => {
      span.cancelled('the user closed the ticket')
      throw new Error('stop')
    }),
  )
  await t.rejects(stop, { message: 'stop' })
  const abort = runner.execution({ workflowId: 'aborted' }, () => AbortSignal.abort().throwIfAborted())
  await t.rejects(abort, { name: 'AbortError' })
  await runner.execution({ workflowId: 'waits' }, (execution) => void execution.interrupted('approval'))
  await runner.shutdown()
  const status = (name: string) => need(receiver.ended.get(name)).attributes.get('workflow.status')
  t.same(['inner', 'cancelled', 'aborted', 'waits'].map(status), [
    'cancelled',
    'cancelled',
    'cancelled',
    'interrupted',
  ])
  t.equal(need(receiver.ended.get('cancelled')).statusCode, 0)
  t.equal(
    need(receiver.ended.get('inner')).attributes.get('workflow.status.reason'),
    'the user closed the ticket',
  )
})

t.test('executions that run at the same time keep their own spans', async (t) => {
  const { receiver, runner } = await setup(t)
  const run = (id: string) =>
    runner.execution({ workflowId: `root-${id}`, executionId: id }, async () => {
      for (let step = 0; step < 5; step++) {
        await Promise.all(
          ['a', 'b'].map((branch) =>
            runner.current()?.node({ id: `${id}-${step}-${branch}` }, async (node) => {
              await sleep(Math.random() * 5)
              await runner.current()?.span({ name: `below ${node.spanId}` }, () => sleep(1))
            }),
          ),
        )
      }
    })
  await Promise.all(['x', 'y', 'z'].map(run))
  await runner.shutdown()
  const spans = [...receiver.ended.values()]
  t.equal(spans.length, 3 + 3 * 10 * 2)
  for (const span of spans) {
    const id = span.attributes.get('workflow.execution.id')
    const root = need(receiver.ended.get(`root-${id}`))
    t.equal(span.traceId, root.traceId)
    if (span.name.startsWith('below')) t.equal(span.parentSpanId, span.name.slice(6))
    else if (span !== root && span.spanId !== root.spanId) t.equal(span.parentSpanId, root.spanId)
  }
})

t.test('odd values and wrong use never throw', async (t) => {
  const { receiver, runner } = await setup(t, { maxValueLength: 100 })
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const hostile = {
    toJSON() {
      throw new Error('no')
    },
    get [Symbol.toStringTag](): string {
      throw new Error('no')
    },
  }
  const late = await runner.execution({ workflowId: 'odd', input: cycle }, (execution) => {
    execution
      .setOutput('😀'.repeat(100))
      .setInput(hostile)
      .setMessages({ output: null as never })
    execution
      .setUsage({ input: Number.NaN })
      .setChatCompletion(null as never)
      .artifact(null as never)
    return execution.span(
      { name: 'values', input: { big: 2n, bytes: Buffer.from('abc'), f: () => 1 } },
      (span) => span,
    )
  })
  late.setOutput('after the end').fail('late')
  await t.resolves(late.node({ id: 'late' }, () => 1))
  await runner.shutdown()
  await t.resolves(runner.execution({ workflowId: 'after shutdown' }, () => 1))
  const values = need(receiver.ended.get('values')).attributes
  t.same(json(values.get('input.value')), { big: '2', bytes: '[3 bytes]', f: '[function f]' })
  const output = String(need(receiver.ended.get('odd')).attributes.get('output.value'))
  t.match(output, /^(😀){50}… \[100 more characters\]$/u)
})

t.test('the kinds are those of the service', async (t) => {
  t.same(SPAN_KINDS, model.SPAN_KINDS)
})
