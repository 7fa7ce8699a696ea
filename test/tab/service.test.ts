import t from 'tap'
import { createKeys } from '../../src/access/keys.ts'
import { loadConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createRedactors } from '../../src/redactors.ts'
import { buildServer } from '../../src/server.ts'
import { openStore } from '../../src/store/index.ts'
import { launchBrowser } from '../helpers/browser.ts'
import { testDatabase } from '../helpers/database.ts'
import { secret, token } from '../http/service.ts'
import { walk } from './journey.ts'
import { ANSWER, QUESTION, SYSTEM } from './sample-content.ts'

const everything = { scope: 'traces:write traces:read content:read' }

/** One execution as OTLP JSON: a workflow, a node, and a model call with its messages. */
function request(execution: string, digit: string, startMs: number) {
  const id = (n: number) => digit.repeat(15) + n
  const ns = (ms: number) => `${startMs + ms}000000`
  const attributes = (values: Record<string, string | number>) =>
    Object.entries(values).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
    }))
  const message = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] })
  const span = (n: number, parent: number, name: string, from: number, to: number, values: object) => ({
    traceId: digit.repeat(32),
    spanId: id(n),
    ...(parent > 0 ? { parentSpanId: id(parent) } : {}),
    name,
    kind: 1,
    startTimeUnixNano: ns(from),
    endTimeUnixNano: ns(to),
    attributes: attributes(values as Record<string, string>),
    status: { code: 1 },
  })
  const call = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.usage.input_tokens': 812,
    'gen_ai.usage.output_tokens': 96,
    'gen_ai.input.messages': JSON.stringify([message('system', SYSTEM), message('user', QUESTION)]),
    'gen_ai.output.messages': JSON.stringify([message('assistant', ANSWER)]),
  }
  const spans = [
    span(1, 0, 'support', 0, 4200, {
      'workflow.execution.id': execution,
      'workflow.id': 'support',
      'workflow.span.kind': 'workflow',
    }),
    span(2, 1, 'answer', 20, 4100, { 'workflow.node.id': 'answer', 'workflow.span.kind': 'node' }),
    span(3, 2, 'chat gpt-4o-mini', 60, 4000, call),
  ]
  return {
    resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'tab' }, spans }] }],
  }
}

const browser = await launchBrowser()
t.test(
  'the walk of a reader, on the service itself',
  { skip: browser ? false : 'no browser here' },
  async (t) => {
    if (!browser) return
    const database = await testDatabase(t)
    const config = loadConfig({ env: { TRACE_JWT_SECRET: secret, TRACE_BASE_PATH: '/traces' } })
    const log = createLog('silent')
    const store = await openStore({ url: database.url, log, redactionVersion: 1, retentionDays: null })
    const app = await buildServer({
      config,
      log,
      metrics: createMetrics(),
      store,
      redactorOf: createRedactors(config.redaction, store),
      keys: createKeys(config, null),
      now: Date.now,
      draining: () => false,
    })
    t.teardown(async () => {
      await browser.close()
      await app.close()
      await store.close()
    })
    const origin = await app.listen({ host: '127.0.0.1', port: 0 })
    const url = `${origin}/traces`
    for (const [execution, digit] of [
      ['run-1', 'a'],
      ['run-2', 'b'],
    ] as const) {
      const sent = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token(everything)}`, 'content-type': 'application/json' },
        body: JSON.stringify(request(execution, digit, Date.now() - 60_000)),
      })
      t.equal(sent.status, 200, await sent.text())
    }
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(8_000)
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await walk(t, page, {
      url,
      token: token(everything),
      otherToken: token({ ...everything, workflows: ['other'] }),
      workflow: 'support',
      execution: 'run-1',
      other: 'run-2',
      prompt: /two-person tent/,
      answer: /by express/,
    })
    t.same(errors, [])
  },
)
