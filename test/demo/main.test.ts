import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { DemoResult } from '../../src/demo/demo.ts'
import type { CanvasTrace, Summary } from '../../src/http/schemas/trace.ts'
import { Receiver } from '../runner/receiver.ts'

// three starts of the service, two of them with a new Postgres
t.setTimeout(240_000)

const main = fileURLToPath(new URL('../../src/demo/main.ts', import.meta.url))

interface Demo {
  child: ChildProcess
  /** Everything on stderr so far. */
  told(): string
  /** The JSON line; rejects when the demo ends without one. */
  result: Promise<DemoResult>
}

function demo(dataDir: string, args: string[], env: Record<string, string> = {}): Demo {
  const child = spawn(process.execPath, ['--import=tsx', main, '--json', '--pace', '0.05', ...args], {
    env: { ...process.env, PORT: '0', TRACE_ADMIN_PORT: '0', TRACE_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const result = new Promise<DemoResult>((resolve, reject) => {
    lines.on('line', (line) => {
      const parsed = JSON.parse(line) as DemoResult | { msg: string }
      if ('link' in parsed) resolve(parsed)
    })
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${stderr}`)))
  })
  return { child, told: () => stderr, result }
}

/** Files below a folder that hold what looks like the invented key. */
function filesWithKey(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /sk-proj-[0-9a-f]{10}/.test(readFileSync(path, 'latin1')))
}

/** Ends a demo with its Postgres, whatever state a failed test left it in. */
async function end({ child }: Demo): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  await once(child, 'exit')
}

t.test('the demo shows its executions, keeps secrets out of the database, and stops on Ctrl-C', async (t) => {
  const dataDir = t.testdir()
  const running = demo(dataDir, [])
  t.teardown(() => end(running))
  const { child, told, result } = running
  const { ok, link, url, token, executions } = await result
  t.ok(ok, told())
  t.same(executions.map((execution) => execution.status).sort(), [
    'cancelled',
    'completed',
    'completed',
    'completed',
    'completed',
    'completed',
    'failed',
    'interrupted',
    'running',
  ])
  t.match(
    link,
    /^http:\/\/127\.0\.0\.1:\d+\/workflows\/support-triage\/executions\/triage-[^/]+\/trace#token=/,
  )
  const id = executions[0]?.execution_id
  const answer = await fetch(`${url}/api/executions/${id}/trace`, {
    headers: { authorization: `Bearer ${token}` },
  })
  t.equal(answer.status, 200)
  const trace = (await answer.json()) as CanvasTrace
  t.equal(trace.spans.length, executions[0]?.spans)
  t.notMatch(JSON.stringify(trace), /sk-proj-[0-9a-f]{10}/)
  t.match(JSON.stringify(trace), '[redacted:')

  const report = executions.find((execution) => execution.workflow_id === 'weekly-report')?.execution_id
  const headers = { authorization: `Bearer ${token}` }
  const { artifacts } = (await (
    await fetch(`${url}/api/executions/${report}/trace/summary`, { headers })
  ).json()) as Summary
  t.same(
    artifacts.map(({ id, state }) => [id, state]),
    [
      ['report.md', 'stored'],
      ['tickets.csv', 'stored'],
    ],
  )
  const file = await fetch(`${url}/api/artifacts/${artifacts[1]?.download_id}/download`, { headers })
  t.equal(file.headers.get('content-disposition'), 'attachment; filename="tickets W47.csv"')
  t.match(await file.text(), /^id,subject,summary\r\n/)

  const started = performance.now()
  child.kill('SIGINT')
  const [code] = (await once(child, 'exit')) as [number | null]
  t.equal(code, 0, told())
  t.ok(performance.now() - started < 8_000, 'stops quickly')
  t.same(filesWithKey(dataDir), [], 'not in any file of the data directory')

  const again = demo(dataDir, ['--once'])
  t.teardown(() => end(again))
  const second = await again.result
  t.ok(second.ok, again.told())
  t.not(second.executions[0]?.execution_id, id, 'a second run has executions of its own')
})

t.test('a port that is taken is one line', async (t) => {
  const other = new Receiver()
  const port = new URL(await other.listen()).port
  t.teardown(() => other.close())
  const refused = demo(t.testdir(), [], { PORT: port })
  t.teardown(() => end(refused))
  const { child, told, result } = refused
  result.catch(() => undefined)
  const [code] = (await once(child, 'exit')) as [number | null]
  t.equal(code, 1)
  t.match(told(), /demo: PORT: cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\); is another one running\?/)
})
