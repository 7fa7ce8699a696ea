import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { issueToken } from '../src/access/token.ts'
import { loadConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { startEmbedded } from '../src/store/embedded/index.ts'
import { cpuOf, cpuOfPostgres } from './processes.ts'

const secret = 'the secret of the benchmark, which is not one'

/** The built service with its own Postgres, in a folder that goes with it. */
export interface OneService {
  url: string
  authorization: string
  databaseUrl: string
  /** Processor time so far of the service and of its Postgres: microseconds. */
  cpu(): { node: number; pg: number }
  /** A process of the bench, told `order`; resolves with what it answers first. */
  tell<Answer>(file: string, order: object): Promise<{ answer: Answer; child: ChildProcess }>
  stop(): Promise<void>
}

export async function oneService(): Promise<OneService> {
  const dataDir = mkdtempSync(join(tmpdir(), 'workflow-trace-bench-'))
  const postgres = await startEmbedded({ dataDir, log: createLog('silent') })
  const env = {
    DATABASE_URL: postgres.url,
    TRACE_JWT_SECRET: secret,
    TRACE_DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    TRACE_ADMIN_PORT: '0',
    TRACE_GRPC_PORT: '',
  }
  const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
  const service = spawn(process.execPath, [cli, 'serve'], {
    env: { ...env, PATH: process.env.PATH ?? '', TRACE_INGEST_THREADS: process.env.TRACE_INGEST_THREADS },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const children: ChildProcess[] = [service]
  const url = await new Promise<string>((ready, failed) => {
    service.once('exit', () => failed(new Error('the service ended')))
    createInterface({ input: service.stdout }).on('line', (line) => {
      if (line.startsWith('{') && JSON.parse(line).msg === 'ready') ready(JSON.parse(line).url)
    })
  })
  const token = await issueToken(loadConfig({ env }), secret, {
    subject: 'bench',
    workspace: 'default',
    workflows: ['*'],
    lifetimeSeconds: 6 * 3_600,
    scopes: ['traces:write', 'traces:read', 'content:read'],
  })
  return {
    url,
    authorization: `Bearer ${token}`,
    databaseUrl: postgres.url,
    cpu: () => ({ node: cpuOf(service.pid ?? 0), pg: cpuOfPostgres(postgres.pid) }),
    async tell<Answer>(file: string, order: object) {
      const child = fork(new URL(file, import.meta.url), [], { execArgv: ['--import=tsx'] })
      children.push(child)
      child.send(order)
      const [answer] = (await once(child, 'message')) as [Answer]
      return { answer, child }
    },
    async stop() {
      for (const child of children.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const exited = once(child, 'exit')
        child.kill('SIGINT')
        await exited
      }
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
