import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import t, { type Test } from 'tap'
import type { Embedded } from '../../src/store/embedded/index.ts'
import { bearer } from '../http/service.ts'
import { ask, judge } from './judge.ts'
import { durablePostgres, freePort, rounds, Victim } from './rig.ts'

t.setTimeout(900_000)
const seconds = rounds(10, 60)
const authorization = () => bearer({ scope: 'traces:write' }).authorization
/** Packages of PyPI, and the folder that keeps them from one run to the next. */
const packages = [
  'opentelemetry-sdk',
  'opentelemetry-exporter-otlp-proto-http',
  'opentelemetry-exporter-otlp-proto-grpc',
]
const venv = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'workflow-trace', 'python-otel')

/** Restarts Postgres every three seconds until told to stop; how often it did. */
function restarts(postgres: Embedded): { stop: () => Promise<number> } {
  let times = 0
  let stopping = false
  const done = (async () => {
    for (let pause = 1_500; !stopping; pause = 3_000) {
      await wait(pause)
      if (stopping) return
      try {
        process.kill(postgres.pid, times % 2 === 0 ? 'SIGINT' : 'SIGKILL')
        times += 1
      } catch {
        // the last one has not been followed by another yet
      }
    }
  })()
  return {
    stop: async () => {
      stopping = true
      await done
      return times
    },
  }
}

/** Postgres is ready again when this resolves. */
async function settled(url: string): Promise<void> {
  while ((await ask(url, 'select 1').catch(() => [])).length === 0) await wait(100)
}

/** OpenTelemetry's JS SDK as applications use it; the ids of the spans that it says it exported. */
async function byJs(url: string): Promise<string[]> {
  const exported: string[] = []
  const inner = new OTLPTraceExporter({
    url: `${url}/v1/traces`,
    headers: { authorization: authorization() },
  })
  const telling: SpanExporter = {
    export: (spans, callback) =>
      inner.export(spans, (result) => {
        if (result.code === 0) exported.push(...spans.map((span) => span.spanContext().spanId))
        callback(result)
      }),
    shutdown: () => inner.shutdown(),
  }
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(telling, { scheduledDelayMillis: 200 })],
  })
  const tracer = provider.getTracer('fault')
  for (const until = Date.now() + seconds * 1000; Date.now() < until; await wait(10)) {
    const root = tracer.startSpan('run')
    tracer.startSpan('step', {}, trace.setSpan(ROOT_CONTEXT, root)).end()
    root.end()
  }
  await provider.forceFlush().catch(() => {})
  await provider.shutdown().catch(() => {})
  return exported
}

async function under(t: Test, sabotage: string[], work: (victim: Victim, grpc: string) => Promise<string[]>) {
  const postgres = await durablePostgres(t)
  const port = await freePort()
  const victim = await Victim.start(t, postgres.url, { sabotage, env: { TRACE_GRPC_PORT: String(port) } })
  const storm = restarts(postgres)
  const exported = await work(victim, `http://127.0.0.1:${port}`)
  const times = await storm.stop()
  await settled(postgres.url)
  return { exported, times, alive: victim.alive, ...(await judge(postgres.url, exported)) }
}

t.test('the JS exporter, while Postgres restarts: what it says it exported is there', async (t) => {
  const [well, sick] = await Promise.all([
    under(t, [], ({ url }) => byJs(url)),
    under(t, ['ack-early'], ({ url }) => byJs(url)),
  ])
  t.comment(`${well.exported.length} spans exported, ${well.times} restarts in ${seconds} s`)
  t.ok(well.exported.length > 0)
  t.ok(well.times > 0)
  t.ok(well.alive)
  t.same({ lost: well.lost, doubled: well.doubled }, { lost: 0, doubled: 0 })
  t.ok(sick.lost > 0, `twin: an early acknowledgement loses ${sick.lost} of ${sick.exported.length}`)
})

/** A Python with the exporters, made at the first run; a sentence where this machine has none. */
function python(): { program: string } | { missing: string } {
  const program = join(venv, 'bin/python')
  const has = () => spawnSync(program, ['-c', 'import opentelemetry.exporter.otlp.proto.grpc']).status === 0
  if (existsSync(program) && has()) return { program }
  mkdirSync(venv, { recursive: true })
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', venv],
    [program, '-m', 'pip', 'install', '--quiet', ...packages],
  ] as const) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 180_000 })
    if (status !== 0)
      return { missing: `${command}: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it failed'}` }
  }
  return has() ? { program } : { missing: 'the packages were installed and cannot be imported' }
}

t.test('the Python exporters, HTTP and gRPC, while Postgres restarts', async (t) => {
  const found = python()
  if ('missing' in found) {
    t.comment(`THE PYTHON EXPORTERS WERE NOT RUN: ${found.missing}`)
    return
  }
  const script = fileURLToPath(new URL('exporter.py', import.meta.url))
  const run = async ({ url }: Victim, grpc: string): Promise<string[]> => {
    const args = [script, url, grpc, authorization(), String(seconds)]
    const child = spawn(found.program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    await once(child, 'exit')
    return said.split('\n').filter((line) => /^[0-9a-f]{16}$/.test(line))
  }
  const well = await under(t, [], run)
  t.comment(`${well.exported.length} spans exported, ${well.times} restarts in ${seconds} s`)
  t.ok(well.exported.length > 0)
  t.ok(well.alive)
  t.same({ lost: well.lost, doubled: well.doubled }, { lost: 0, doubled: 0 })
})
