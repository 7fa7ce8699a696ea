import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { type Embedded, startEmbedded } from '../../src/store/embedded/index.ts'
import { secret } from '../http/service.ts'

interface Test {
  teardown(clean: () => Promise<unknown>): void
}

/** How often each fault strikes: a few times in CI, as often as the promise says in `npm run test:fault`. */
export const rounds = (quick: number, full: number) => (process.env.TEST_FAULT === 'full' ? full : quick)

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** A Postgres of the test's own, with fsync: what it loses would be lost. */
export async function durablePostgres(t: Test): Promise<Embedded> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trace-fault-pg-'))
  const server = await startEmbedded({ dataDir, log: pino({ level: 'silent' }) })
  t.teardown(async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return server
}

/** The built service on a port that stays the same, so that its callers find it again. */
export class Victim {
  readonly url: string
  readonly dataDir: string
  #child: ChildProcess | null = null
  readonly #env: Record<string, string>

  private constructor(port: number, dataDir: string, databaseUrl: string | null) {
    this.url = `http://127.0.0.1:${port}`
    this.dataDir = dataDir
    this.#env = {
      PATH: process.env.PATH ?? '',
      TRACE_JWT_SECRET: secret,
      TRACE_DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: String(port),
      TRACE_ADMIN_PORT: '0',
      TRACE_GRPC_PORT: '',
      TRACE_LOG_LEVEL: 'info',
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
    }
  }

  static async start(t: Test, databaseUrl: string | null): Promise<Victim> {
    const dataDir = mkdtempSync(join(tmpdir(), 'trace-fault-'))
    const victim = new Victim(await freePort(), dataDir, databaseUrl)
    t.teardown(async () => {
      await victim.stop('SIGINT')
      rmSync(dataDir, { recursive: true, force: true })
    })
    await victim.start()
    return victim
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [cli, 'serve'], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{') || JSON.parse(line).msg !== 'ready') continue
      child.stdout.resume()
      return
    }
    throw new Error('the service ended before it was ready')
  }

  /** Sends a signal and waits for the end; the exit code, or null when the signal ended it. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return null
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = await exited
    return code
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
