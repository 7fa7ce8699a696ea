/**
 * How fast an execution is read over HTTP with many spans stored: `npx tsx bench/read.ts [millions of spans]`.
 * Runs on DATABASE_URL (an empty database) or on an embedded Postgres in a folder of its own, which is removed.
 * Prints a table, and `read: {…}` as JSON.
 */
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { loadConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { startService } from '../src/main.ts'
import { startEmbedded } from '../src/store/embedded/index.ts'
import { migrate } from '../src/store/migrate.ts'

/** Executions of 50,000 spans: more than the service remembers, so that first pages are made anew. */
const LARGE = 8
const LARGE_SPANS = 50_000
const SMALL_SPANS = 500
/** Days that the executions are spread over. */
const DAYS = 10
const RUNS = 200

export interface Percentiles {
  p50_ms: number
  p99_ms: number
}

export interface ReadResult {
  skeleton500: Percentiles
  first_page_50k: Percentiles
  next_page_50k: Percentiles
  /** A page of an execution that was read just before. */
  first_page_50k_again: Percentiles
  spans_stored: number
}

/** Loads `millions` of spans and reads some of them. */
export async function benchRead(millions: number, say: (line: string) => void): Promise<ReadResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'workflow-trace-read-'))
  const log = createLog('silent')
  const own = process.env.DATABASE_URL ? null : await startEmbedded({ dataDir, log })
  const databaseUrl = own?.url ?? (process.env.DATABASE_URL as string)
  const secret = 'the secret of the benchmark, which is not one'
  try {
    await migrate(databaseUrl, { today: new Date() })
    const small = Math.max(10, Math.round((millions * 1e6 - LARGE * LARGE_SPANS) / SMALL_SPANS))
    await load(databaseUrl, small, say)
    const config = loadConfig({
      env: {
        TRACE_DATA_DIR: dataDir,
        TRACE_JWT_SECRET: secret,
        HOST: '127.0.0.1',
        PORT: '0',
        TRACE_ADMIN_PORT: '0',
      },
    })
    const service = await startService({ ...config, databaseUrl }, log)
    try {
      return {
        ...(await measure(service.url, token(secret), small)),
        spans_stored: LARGE * LARGE_SPANS + small * SMALL_SPANS,
      }
    } finally {
      await service.close()
    }
  } finally {
    await own?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Spans as a workflow engine makes them: a root, nodes below it, calls below the nodes; a quarter with a prompt. */
export async function load(url: string, small: number, say: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const began = performance.now()
  await client.query(
    `insert into realms (workspace, grant_patterns) values ('default', '["*"]') on conflict do nothing`,
  )
  await client.query(
    `insert into contexts values (1, '\\x00', '{"resource":{"a":{},"d":0,"u":""},"scope":{"n":"","v":"","a":{},"d":0,"u":""}}') on conflict do nothing`,
  )
  const part = 1_000
  for (let from = 1; from <= small; from += part) {
    await insertSpans(client, 'small', from, Math.min(small, from + part - 1), SMALL_SPANS)
  }
  for (let one = 1; one <= LARGE; one++) await insertSpans(client, 'large', one, one, LARGE_SPANS)
  say(`loaded in ${((performance.now() - began) / 1000).toFixed(0)} s`)
  await client.query('vacuum analyze spans')
  await client.query('analyze executions; analyze execution_traces')
  say(`vacuumed after ${((performance.now() - began) / 1000).toFixed(0)} s`)
  await client.end()
}

async function insertSpans(
  client: pg.Client,
  name: string,
  from: number,
  to: number,
  spans: number,
): Promise<void> {
  await client.query(
    `with run as (
       select run, '${name}-' || run as id, decode(md5('${name}' || run), 'hex') as trace,
         (current_date - (run % ${DAYS})::int) as day,
         (extract(epoch from (current_date - (run % ${DAYS})::int))::bigint) * 1000000000 + run * 1000000 as start
       from generate_series($1::int, $2::int) run
     ), made as (
       insert into executions (realm, execution_id, fallback, workflow_id, workflow_explicit, status, started_ns, ended_ns,
         span_count, complete, has_root, notices, root_trace_id, root_span_id, first_span_at, last_span_at, version)
       select 1, id, false, 'wf-' || run % 20, true, 'completed', start, start + 60000000000, ${spans}, true, true, '[]',
         trace, int8send(1::bigint), now(), now(), run from run
     ), traces as (
       insert into execution_traces (realm, execution_id, fallback, trace_id, days)
       select 1, id, false, trace, array[day] from run
     )
     insert into spans (realm, trace_id, span_id, day, parent_span_id, rank, received_at, redaction_version, kind, status,
       otel_kind, status_code, flags, start_ns, end_ns, name, execution_id, workflow_id, service_name, node_id, model,
       input_tokens, output_tokens, tokens_aggregated, dropped_attributes, dropped_events, dropped_links, context,
       attributes, content)
     select 1, trace, int8send(n::bigint), day, case when n = 1 then null else int8send((n / 8 + 1)::bigint) end,
       decode(md5(id || n) || md5(n::text) || '00', 'hex'), now(), 1, case when n % 4 = 0 then 4 else 2 end, 1, 1, 0, 257,
       start + n * 1000000::bigint, start + n * 1000000::bigint + 500000, 'step ' || n % 100,
       case when n = 1 then id end, case when n = 1 then 'wf-' || run % 20 end, 'bench',
       case when n % 4 <> 0 then 'node-' || n % 50 end, case when n % 4 = 0 then 'gpt-4o-mini' end,
       case when n % 4 = 0 then 100 end, case when n % 4 = 0 then 20 end, false, 0, 0, 0, '\\x00',
       json_build_object('step', n, 'node', 'node-' || n % 50, 'text', repeat('attribute ', 20)),
       case when n % 4 = 0 then json_build_object('input.value', repeat('a prompt of some length ', 20)) end
     from run cross join generate_series(1, ${spans}) n`,
    [from, to],
  )
}

async function measure(
  base: string,
  bearer: string,
  small: number,
): Promise<Omit<ReadResult, 'spans_stored'>> {
  const get = async (path: string) => {
    const began = performance.now()
    const answer = await fetch(base + path, { headers: { authorization: `Bearer ${bearer}` } })
    const text = await answer.text()
    const ms = performance.now() - began
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`)
    return { ms, body: JSON.parse(text) as { columns: { span_id: string[] }; page_info: { cursor: string } } }
  }
  const page = (id: string, cursor?: string) =>
    get(
      `/api/executions/${id}/trace?view=skeleton${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
  const times = { small: [] as number[], first: [] as number[], again: [] as number[], next: [] as number[] }
  for (let i = 0; i < 20; i++) await page(`small-${(i % small) + 1}`)
  for (let i = 0; i < RUNS; i++) times.small.push((await page(`small-${((i * 7919) % small) + 1}`)).ms)
  for (let i = 0; i < RUNS / 4; i++) {
    const id = `large-${(i % LARGE) + 1}`
    const first = await page(id)
    times.first.push(first.ms)
    times.again.push((await page(id)).ms)
    let cursor = first.body.page_info.cursor
    for (let next = 0; next < 3; next++) {
      const answer = await page(id, cursor)
      times.next.push(answer.ms)
      cursor = answer.body.page_info.cursor
    }
  }
  return {
    skeleton500: percentiles(times.small),
    first_page_50k: percentiles(times.first),
    first_page_50k_again: percentiles(times.again),
    next_page_50k: percentiles(times.next),
  }
}

function percentiles(times: number[]): Percentiles {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1))
  return { p50_ms: at(0.5), p99_ms: at(0.99) }
}

function token(secret: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    iss: 'workflow-trace',
    aud: 'workflow-trace',
    sub: 'bench',
    exp: Math.floor(Date.now() / 1000) + 3600,
    workflows: ['*'],
    scope: 'traces:read content:read',
  }
  const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const result = await benchRead(
    Number(process.argv[2] ?? 1),
    (line) => void process.stdout.write(`${line}\n`),
  )
  for (const [name, value] of Object.entries(result)) {
    if (typeof value === 'number') process.stdout.write(`${name.padEnd(24)} ${value}\n`)
    else
      process.stdout.write(
        `${name.padEnd(24)} p50 ${String(value.p50_ms).padStart(7)} ms   p99 ${String(value.p99_ms).padStart(7)} ms\n`,
      )
  }
  process.stdout.write(`${JSON.stringify({ read: result })}\n`)
}
