import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createRunner, type LogLine, type RunnerOptions } from '../../src/runner/index.ts'
import { nobody, Receiver } from './receiver.ts'

const AWAY = await nobody()

function setup(options: Partial<RunnerOptions>) {
  const lines: LogLine[] = []
  const runner = createRunner({
    endpoint: AWAY,
    serviceName: 'test',
    flushIntervalMs: 20,
    exportTimeoutMs: 300,
    log: (line) => void lines.push(line),
    ...options,
  })
  return { runner, lines }
}

interface Line {
  resourceSpans: { scopeSpans: { spans: { spanId: string; name: string; endTimeUnixNano: string }[] }[] }[]
}

function spansIn(file: string): { spanId: string; name: string; endTimeUnixNano: string }[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as Line).resourceSpans)
    .flatMap((part) => part.scopeSpans)
    .flatMap((part) => part.spans)
}

t.test('the service is away: the workflow does not notice, its spans are in the fallback log', async (t) => {
  const path = join(t.testdir(), 'logs', 'spans.jsonl')
  const { runner, lines } = setup({ fallbackLog: { path } })
  const started = performance.now()
  for (let n = 0; n < 50; n++) {
    const result = await runner.execution({ workflowId: `wf-${n}` }, (execution) =>
      execution.node({ id: 'node', input: 'x'.repeat(1_000) }, () => n),
    )
    t.equal(result, n)
  }
  t.ok(performance.now() - started < 1_000, 'not slowed by the dead service')
  await runner.shutdown({ timeoutMs: 1_000 })
  const ended = spansIn(path).filter((span) => span.endTimeUnixNano !== '0')
  t.equal(new Set(ended.map((span) => span.spanId)).size, 100, 'every span once')
  t.equal(lines.filter((line) => line.level === 'warn').length, 1, 'one warning')
  t.match(lines[0]?.message, 'ECONNREFUSED')
  t.equal(statSync(path).mode & 0o077, 0, 'only its owner reads prompts')
})

t.test('a service that never answers does not hold up the shutdown', async (t) => {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  t.teardown(() => receiver.close())
  receiver.answer = () => ({ status: 200, hang: true })
  const path = join(t.testdir(), 'spans.jsonl')
  const { runner } = setup({ endpoint, exportTimeoutMs: 60_000, fallbackLog: { path } })
  await runner.execution({ workflowId: 'wf' }, () => 1)
  const started = performance.now()
  await runner.shutdown({ timeoutMs: 100 })
  t.ok(performance.now() - started < 1_000)
  t.equal(spansIn(path)[0]?.name, 'wf')
})

t.test('a line of the log is a request that the service takes as it is', async (t) => {
  const path = join(t.testdir(), 'spans.jsonl')
  const { runner } = setup({ fallbackLog: { path } })
  await runner.execution({ workflowId: 'wf', executionId: 'ex' }, (execution) =>
    execution.node({ id: 'node' }, () => 1),
  )
  await runner.shutdown({ timeoutMs: 100 })
  const text = readFileSync(path, 'utf8')
  t.ok(text.endsWith('\n'))
  const [span] = spansIn(path)
  t.match(span?.spanId, /^[0-9a-f]{16}$/)
  t.match(text, /"stringValue":"ex"/)
})

t.test('the log is bounded: the oldest file goes', async (t) => {
  const dir = t.testdir()
  const { runner } = setup({ fallbackLog: { path: join(dir, 'spans.jsonl'), maxBytes: 4_000, maxFiles: 3 } })
  for (let n = 0; n < 40; n++) {
    await runner.execution({ workflowId: `wf-${n}`, input: 'x'.repeat(1_000) }, () => n)
    await runner.flush()
    await new Promise((resolve) => setTimeout(resolve, 21))
  }
  await runner.shutdown({ timeoutMs: 100 })
  t.same(readdirSync(dir).sort(), ['spans.jsonl', 'spans.jsonl.1', 'spans.jsonl.2'])
  for (const file of readdirSync(dir)) t.ok(statSync(join(dir, file)).size <= 8_000)
  t.ok(
    spansIn(join(dir, 'spans.jsonl')).some((span) => span.name === 'wf-39'),
    'the newest is there',
  )
})

t.test('a log that cannot be written is one warning', async (t) => {
  const dir = t.testdir()
  writeFileSync(join(dir, 'file'), '')
  const { runner, lines } = setup({ fallbackLog: { path: join(dir, 'file', 'spans.jsonl') } })
  t.equal(await runner.execution({ workflowId: 'wf' }, () => 1), 1)
  await runner.shutdown({ timeoutMs: 100 })
  t.ok(lines.some((line) => line.message.includes('cannot be written')))
})

t.test('without a log spans wait, and arrive when the service is back', async (t) => {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  t.teardown(() => receiver.close())
  let status = 503
  receiver.answer = () => ({ status, headers: { 'retry-after': '1' } })
  const { runner, lines } = setup({ endpoint })
  await runner.execution({ workflowId: 'wf' }, () => 1)
  await receiver.until(() => lines.length === 1)
  status = 200
  await receiver.until(() => lines.length === 2)
  t.match(lines, [{ level: 'warn', message: /HTTP 503/ }, { level: 'info' }])
  t.ok(receiver.ended.has('wf'))
  await runner.shutdown({ timeoutMs: 100 })
})

t.test('the queue is bounded', async (t) => {
  const { runner, lines } = setup({ maxQueueSpans: 10 })
  for (let n = 0; n < 100; n++) await runner.execution({ workflowId: 'wf' }, () => n)
  await runner.shutdown({ timeoutMs: 100 })
  t.ok(lines.some((line) => line.message.includes('lost')))
})

t.test('refusals are told: a wrong token, spans outside the grant, a wrong address', async (t) => {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  t.teardown(() => receiver.close())
  // partial_success { rejected_spans: 1, error_message: "no" }
  const partial = Buffer.from([0x0a, 0x06, 0x08, 0x01, 0x12, 0x02, 0x6e, 0x6f])
  for (const [answer, message] of [
    [{ status: 401 }, /HTTP 401/],
    [{ status: 200, body: partial }, /refused 1 spans: no/],
  ] as const) {
    receiver.answer = () => answer
    const { runner, lines } = setup({ endpoint })
    await runner.execution({ workflowId: 'wf' }, () => 1)
    await runner.shutdown({ timeoutMs: 200 })
    t.match(lines[0]?.message, message)
  }
  const { runner, lines } = setup({ endpoint: 'not a url' })
  t.equal(await runner.execution({ workflowId: 'wf' }, () => 1), 1)
  await runner.shutdown({ timeoutMs: 200 })
  t.equal(lines[0]?.level, 'warn')
})
