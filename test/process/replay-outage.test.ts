import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { createRunner, type LogLine, type Runner } from '../../src/runner/index.ts'
import { claims, hs256 } from '../access/jwt.ts'
import { testDatabase } from '../helpers/database.ts'
import { secret } from '../http/service.ts'
import { folder, run } from './run.ts'

/** Milliseconds that the service is away: a minute with TEST_FAULT=full (`npm run test:fault`). */
const awayMs = process.env.TEST_FAULT === 'full' ? 60_000 : 5_000
/** Milliseconds from the start of the first execution to that of the last: the outage is in its middle. */
const spanMs = awayMs + 5_000
const EXECUTIONS = 100

t.setTimeout(awayMs + 240_000)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

/** One execution of a workflow with a model call in it: 4 spans, about 30 ms. Its duration in milliseconds. */
async function execute(runner: Runner, executionId: string): Promise<number> {
  const began = performance.now()
  await runner.execution(
    { workflowId: 'triage', executionId, input: 'x'.repeat(2_000) },
    async (execution) => {
      await execution.node({ id: 'fetch' }, () => wait(10))
      await execution.node({ id: 'answer' }, (node) => node.tool({ name: 'look-up' }, () => wait(20)))
    },
  )
  return performance.now() - began
}

const p95 = (durations: number[]) =>
  [...durations].sort((a, b) => a - b)[Math.floor(durations.length * 0.95)] ?? 0

t.test('the service dies in the middle of 100 executions: none is slower, none is lost', async (t) => {
  // a URL without a host has no user before it
  const databaseUrl = (await testDatabase(t)).url.replace(/^(\w+:\/\/)(\w+)@(\/.*)/, '$1$3&user=$2')
  const port = await freePort()
  const env = {
    DATABASE_URL: databaseUrl,
    TRACE_DATA_DIR: folder(t),
    TRACE_JWT_SECRET: secret,
    HOST: '127.0.0.1',
    PORT: String(port),
  }
  const endpoint = `http://127.0.0.1:${port}`
  const token = hs256(claims({ scope: 'traces:write' }), secret)
  const log = join(folder(t), 'spans.jsonl')
  const lines: LogLine[] = []
  const runnerWith = (path: string) =>
    createRunner({
      endpoint,
      token,
      serviceName: 'outage',
      flushIntervalMs: 100,
      exportTimeoutMs: 1_000,
      fallbackLog: { path },
      log: (line) => void lines.push(line),
    })
  const first = run(t, ['serve'], env)
  await first.line('ready')

  const calm = runnerWith(join(folder(t), 'unused.jsonl'))
  const before: number[] = []
  for (let n = 0; n < 40; n++) before.push(await execute(calm, `calm-${n}`))
  await calm.shutdown({ timeoutMs: 5_000 })
  t.equal(lines.length, 0)

  const runner = runnerWith(log)
  const running: Promise<number>[] = []
  const outage = (async () => {
    await wait(2_000)
    first.child.kill('SIGKILL')
    await first.ended
    await wait(awayMs)
    const second = run(t, ['serve'], env)
    await second.line('ready')
    return second
  })()
  for (let n = 0; n < EXECUTIONS; n++) {
    running.push(execute(runner, `execution-${n}`))
    await wait(spanMs / EXECUTIONS)
  }
  const during = await Promise.all(running)
  const second = await outage
  await runner.shutdown({ timeoutMs: 5_000 })
  const [calmly, away] = [p95(before), p95(during)]
  t.comment(`p95 of an execution: ${calmly.toFixed(1)} ms calm, ${away.toFixed(1)} ms with the outage`)
  // a margin for the noise of the machine, far below one export's time-out
  t.ok(away < calmly * 1.5 + 50, `${away} ms, ${calmly} ms before`)
  const warnings = lines.filter(({ level }) => level === 'warn')
  t.ok(warnings.length >= 1 && warnings.length <= 1 + Math.floor(awayMs / 60_000), JSON.stringify(warnings))
  t.ok(existsSync(log))

  const told = { ...env, TRACE_TOKEN: token }
  const replays = [0, 1].map(() => run(t, ['replay', log, '--endpoint', endpoint], told))
  for (const one of replays) {
    t.equal(await one.ended, 0, one.err())
    t.match(one.out(), /\d+ spans delivered, 0 refused, 0 lines not delivered/)
  }
  const reader = { authorization: `Bearer ${hs256(claims({ scope: 'traces:read' }), secret)}` }
  const answer = await fetch(`${endpoint}/api/workflows/triage/executions?limit=200`, { headers: reader })
  const rows = (await answer.json()) as {
    execution_id: string
    span_count: number
    complete: boolean
    status: string
  }[]
  t.equal(rows.length, EXECUTIONS + before.length)
  for (const row of rows) {
    t.match(row, { span_count: 4, complete: true, status: 'completed' }, row.execution_id)
  }
  second.child.kill('SIGINT')
  await second.ended
})
