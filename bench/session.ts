import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { issueToken } from '../src/access/token.ts'
import { loadConfig } from '../src/config.ts'
import type { Embedded } from '../src/store/embedded/index.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import { cpuOf, cpuOfPostgres, watchRss } from './processes.ts'
import { rawCopy, rowsOf } from './raw-copy.ts'
import type { Workload } from './workloads.ts'

export const variants = ['ours', 'ours_unredacted', 'naive', 'copy'] as const
export type Variant = (typeof variants)[number]

/** How much of a workload is sent, and the how many-eth time. */
interface Round {
  share: number
  round: number
}

/** One variant's run of a workload. */
export interface Measured extends LoadResult {
  /** Of a span, from its request to its place in a settled execution: what goes on after the answer counts too. */
  node_us: number
  pg_us: number
  rss_mb: number
}

const secret = 'the secret of the benchmark, which is not one'

/** What of this process's environment the measured ones have too: what the image sets, and how many threads. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    ['PATH', 'NODE_OPTIONS', 'MALLOC_ARENA_MAX', 'TRACE_INGEST_THREADS'].map((name) => [
      name,
      process.env[name],
    ]),
  )

/** What a child says next; rejects when it ends instead. */
function firstMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error(`${child.spawnargs.at(-1)} ended`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.removeListener('exit', ended)
      resolve(message as T)
    })
  })
}

/** The measured services, the process that makes load, and one Postgres for all of them. */
export class Session {
  readonly #postgres: Embedded
  readonly #children: ChildProcess[] = []
  readonly #services = new Map<Variant, { url: string; pid: number }>()
  readonly #rows = new Map<Workload, Buffer[]>()
  #load: ChildProcess | null = null
  #authorization = ''

  constructor(postgres: Embedded) {
    this.#postgres = postgres
  }

  async start(): Promise<void> {
    const config = loadConfig({ env: { TRACE_JWT_SECRET: secret } })
    const grant = { subject: 'bench', workspace: 'default', workflows: ['*'], lifetimeSeconds: 3_600 }
    this.#authorization = `Bearer ${await issueToken(config, secret, { ...grant, scopes: ['traces:write'] })}`
    this.#load = this.#fork('load.ts', [], {})
    await this.#serve('ours', 'service.mjs', [])
    await this.#serve('ours_unredacted', 'service.mjs', ['unredacted'])
    await this.#serve('naive', 'baseline/naive.ts', [])
    await this.#sql('ours', `create database bench_copy template template0`)
    await this.#sql('copy', await this.#schema())
  }

  /** Runs a workload through one variant, on empty tables, and leaves them so: nothing of it is vacuumed later. */
  async run(workload: Workload, variant: Variant, { share, round }: Round): Promise<Measured> {
    await this.#sql(variant, this.#empty(variant))
    const measured = await (variant === 'copy'
      ? this.#copy(workload)
      : this.#serveLoad(workload, variant, { share, round }))
    await this.#sql(variant, this.#empty(variant))
    return measured
  }

  async #serveLoad(workload: Workload, variant: Exclude<Variant, 'copy'>, round: Round): Promise<Measured> {
    const service = this.#services.get(variant)
    if (service === undefined || this.#load === null) throw new Error('not started')
    const url = `${service.url}/v1/traces`
    const order: LoadOrder = { workload, url, authorization: this.#authorization, ...round }
    const before = { node: cpuOf(service.pid), pg: cpuOfPostgres(this.#postgres.pid) }
    const memory = watchRss(service.pid)
    this.#load.send(order)
    const answer = await firstMessage<LoadResult | { error: string }>(this.#load)
    if ('error' in answer) throw new Error(answer.error)
    if (variant !== 'naive') await this.#settled(variant)
    const measured = {
      ...answer,
      node_us: (cpuOf(service.pid) - before.node) / answer.spans,
      pg_us: (cpuOfPostgres(this.#postgres.pid) - before.pg) / answer.spans,
      rss_mb: memory(),
    }
    // What raw COPY is fed with are the very rows that ours made.
    if (variant === 'ours' && !this.#rows.has(workload)) {
      this.#rows.set(workload, await rowsOf(this.#urlOf('ours'), 'spans'))
    }
    return measured
  }

  /** Waits until every execution is rolled up: that work is the variant's own, and must not slow down the next one. */
  async #settled(variant: Variant): Promise<void> {
    const client = new pg.Client({ connectionString: this.#urlOf(variant) })
    await client.connect()
    while ((await client.query('select from dirty_traces limit 1')).rowCount !== 0) await wait(100)
    await client.end()
  }

  async #copy(workload: Workload): Promise<Measured> {
    const rows = this.#rows.get(workload) ?? []
    const before = { node: cpuOf(process.pid), pg: cpuOfPostgres(this.#postgres.pid) }
    const memory = watchRss(process.pid)
    const ms = await rawCopy(this.#urlOf('copy'), 'spans', rows)
    const [{ count }] = (await this.#sql('copy', 'select count(*)::int as count from spans')) as [
      { count: number },
    ]
    return {
      spans: count,
      bytes: rows.reduce((sum, { length }) => sum + length, 0),
      ms,
      p50_ms: ms / rows.length,
      p99_ms: ms / rows.length,
      node_us: (cpuOf(process.pid) - before.node) / count,
      pg_us: (cpuOfPostgres(this.#postgres.pid) - before.pg) / count,
      rss_mb: memory(),
    }
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null) continue
      const exited = once(child, 'exit')
      child.kill('SIGINT')
      await exited
    }
  }

  async #serve(variant: Variant, file: string, args: string[]): Promise<void> {
    await this.#sql('admin', `create database bench_${variant} template template0`)
    const child = this.#fork(file, args, { DATABASE_URL: this.#urlOf(variant), BENCH_SECRET: secret })
    const { url } = await firstMessage<{ url: string }>(child)
    this.#services.set(variant, { url, pid: child.pid ?? 0 })
  }

  #fork(file: string, args: string[], env: Record<string, string>): ChildProcess {
    const child = fork(new URL(file, import.meta.url), args, {
      execArgv: [
        ...(file.endsWith('.ts') ? ['--import=tsx'] : []),
        ...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []),
      ],
      env: { ...inherited(), ...env },
    })
    this.#children.push(child)
    return child
  }

  #empty(variant: Variant): string {
    if (variant === 'naive') return 'truncate spans; checkpoint'
    if (variant === 'copy') return 'truncate spans; checkpoint'
    return 'truncate spans, messages, dirty_traces, executions, execution_traces; checkpoint'
  }

  /** The tables of ours, without what fills them. */
  async #schema(): Promise<string> {
    const { migrate } = await import('../src/store/migrate.ts')
    await migrate(this.#urlOf('copy'), { today: new Date() })
    return 'select 1'
  }

  #urlOf(variant: Variant | 'admin'): string {
    const name = variant === 'admin' ? 'trace' : `bench_${variant}`
    return this.#postgres.url
      .replace(/^(\w+:\/\/[^/]*\/)[^?]*/, `$1${name}`)
      .replace(/([?&]db=)[^&]*/, `$1${name}`)
  }

  async #sql(variant: Variant | 'admin', text: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: this.#urlOf(variant) })
    await client.connect()
    try {
      let rows: unknown[] = []
      // One at a time: CHECKPOINT and CREATE DATABASE stand alone.
      for (const statement of text.split(';')) rows = (await client.query(statement)).rows
      return rows
    } finally {
      await client.end()
    }
  }
}
