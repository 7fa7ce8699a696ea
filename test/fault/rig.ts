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

export interface Test {
  teardown(clean: () => Promise<unknown>): void
}

/** True in `npm run test:fault`. */
export const long = process.env.TEST_FAULT === 'full'

/** How often each fault strikes: a few times in CI, as often as the promise says in `npm run test:fault`. */
export const rounds = (quick: number, full: number) => (long ? full : quick)

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** A Postgres of the test's own, with fsync: what it loses would be lost. */
export async function durablePostgres(t: Test, settings: Record<string, string> = {}): Promise<Embedded> {
  const dataDir = mkdtempSync(join(tmpdir(), 'trace-fault-pg-'))
  const server = await startEmbedded({ dataDir, log: pino({ level: 'silent' }), settings })
  t.teardown(async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return server
}

/** How a service is started beside what is usual. */
export interface Wounds {
  /** Files of `sabotage/` that are loaded before it: each is one deliberate fault. */
  sabotage?: readonly string[]
  env?: Record<string, string>
}

/** The built service on a port that stays the same, so that its callers find it again. */
export class Victim {
  readonly url: string
  readonly dataDir: string
  /** What it logged as an error or worse, since it was made. */
  readonly errors: string[] = []
  adminUrl = ''
  #child: ChildProcess | null = null
  readonly #heard = new Set<(line: Record<string, unknown>) => void>()
  readonly #env: Record<string, string>
  readonly #command: readonly string[]

  private constructor(port: number, dataDir: string, databaseUrl: string | null, wounds: Wounds) {
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
      // large requests go to a thread, small ones do not: a fault strikes both ways
      TRACE_INGEST_THREADS: '1',
      TRACE_LOG_LEVEL: 'info',
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
      ...wounds.env,
    }
    const loaded = (wounds.sabotage ?? []).flatMap((name) => [
      '--import',
      new URL(`sabotage/${name}.mjs`, import.meta.url).href,
    ])
    this.#command = [process.execPath, '--expose-gc', ...loaded, cli, 'serve']
  }

  static async start(t: Test, databaseUrl: string | null, wounds: Wounds = {}): Promise<Victim> {
    const dataDir = mkdtempSync(join(tmpdir(), 'trace-fault-'))
    const victim = new Victim(await freePort(), dataDir, databaseUrl, wounds)
    t.teardown(async () => {
      await victim.stop('SIGINT', 5_000)
      rmSync(dataDir, { recursive: true, force: true })
    })
    await victim.start()
    return victim
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get alive(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null
  }

  async start(): Promise<void> {
    const [program = '', ...args] = this.#command
    const child = spawn(program, args, { env: this.#env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    await new Promise<void>((ready, failed) => {
      child.once('exit', () => failed(new Error('the service ended before it was ready')))
      createInterface({ input: child.stdout }).on('line', (text) => {
        if (!text.startsWith('{')) return
        const line = JSON.parse(text)
        if (line.level === 'error' || line.level === 'fatal') this.errors.push(text)
        for (const hear of this.#heard) hear(line)
        if (line.msg !== 'ready') return
        this.adminUrl = line.admin_url
        ready()
      })
    })
  }

  /** The next line of the log with this message. */
  line(msg: string): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const hear = (line: Record<string, unknown>) => {
        if (line.msg !== msg) return
        this.#heard.delete(hear)
        resolve(line)
      }
      this.#heard.add(hear)
    })
  }

  /** Bytes of memory that are in use after a collection; wants `say-heap`. */
  async heap(): Promise<number> {
    const said = this.line('heap')
    process.kill(this.pid, 'SIGUSR2')
    return Number((await said).bytes)
  }

  /** Sends a signal and waits for the end; the exit code, or null when a signal ended it. Past `ms` it is killed. */
  async stop(signal: NodeJS.Signals, ms = 60_000): Promise<number | null> {
    const child = this.#child
    if (child === null || !this.alive) return null
    const exited = once(child, 'exit')
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), ms)
    const [code] = await exited
    clearTimeout(late)
    return code
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.adminUrl}/metrics`)).text()
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))]
    return values.reduce((sum, [, value]) => sum + Number(value), 0)
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
