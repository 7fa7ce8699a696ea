/**
 * How fast an execution is read over HTTP with many spans stored: `npx tsx bench/read.ts [millions of spans]`.
 * Runs on DATABASE_URL (an empty database) or on an embedded Postgres in a folder of its own, which is removed.
 * Prints a table, and `read: {…}` as JSON.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
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
/** Milliseconds between two exports: some thousands of spans a second. */
const PAUSE_MS = 50
/** The id of a span as SQL: no order in them, as in real ones. */
const SPAN_ID = (n: string) => `int8send(hashint8extended(${n}::bigint, run::bigint))`

export interface Percentiles {
  p50_ms: number
  p99_ms: number
}

export type ReadTimes = Pick<
  ReadResult,
  'skeleton500' | 'first_page_50k' | 'next_page_50k' | 'first_page_50k_again'
>

export interface ReadResult {
  skeleton500: Percentiles
  first_page_50k: Percentiles
  next_page_50k: Percentiles
  /** A page of an execution that was read just before. */
  first_page_50k_again: Percentiles
  spans_stored: number
  /** The same while exports come in all the time. */
  read_while_ingesting: ReadTimes
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
      const idle = await measure(service.url, token(secret, 'idle'), small)
      const stop = ingesting(service.url, token(secret, 'runner'))
      // another subject: reads of one are counted
      const busy = await measure(service.url, token(secret, 'busy'), small)
      say(`${await stop()} spans were stored while reading`)
      return {
        ...idle,
        read_while_ingesting: busy,
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

/** Spans as a workflow engine makes them, and executions as the roll-up leaves them: a root, nodes below it, calls below the nodes; a quarter with a prompt. */
export async function load(url: string, small: number, say: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
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
  } finally {
    // or what failed would be hidden by the end of Postgres
    await client.end()
  }
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
         (extract(epoch from (current_date - (run % ${DAYS})::int))::bigint) * 1000000000 + run::bigint * 1000000 as start
       from generate_series($1::int, $2::int) run
     ), made as (
       insert into executions (realm, execution_id, fallback, workflow_id, workflow_explicit, status, started_ns, ended_ns,
         span_count, complete, has_root, notices, root_trace_id, root_span_id, first_span_at, last_span_at, version, counted_rows)
       select 1, id, false, 'wf-' || run % 20, true, 'completed', start, start + 60000000000, ${spans}, true, true, '[]',
         trace, ${SPAN_ID('1')}, now(), now(), run, decode(repeat('88', ${Math.ceil(spans / 8)}), 'hex') from run
     ), traces as (
       insert into execution_traces (realm, execution_id, fallback, trace_id, days)
       select 1, id, false, trace, array[day] from run
     )
     insert into spans (realm, trace_id, span_id, day, parent_span_id, rank, received_at, redaction_version, kind, status,
       otel_kind, status_code, flags, start_ns, end_ns, name, execution_id, workflow_id, service_name, node_id, model,
       input_tokens, output_tokens, tokens_aggregated, dropped_attributes, dropped_events, dropped_links, context,
       attributes, content)
     select 1, trace, ${SPAN_ID('n')}, day, case when n = 1 then null else ${SPAN_ID('(n / 8 + 1)')} end,
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

async function measure(base: string, bearer: string, small: number): Promise<ReadTimes> {
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

/** Sends exports of `SMALL_SPANS` spans, one after the other, until it is told to stop; resolves with the spans sent. */
function ingesting(base: string, bearer: string): () => Promise<number> {
  let sent = 0
  let stopped = false
  const one = async () => {
    const traceId = randomBytes(16).toString('hex')
    const ids = Array.from({ length: SMALL_SPANS }, () => randomBytes(8).toString('hex'))
    const start = BigInt(Date.now()) * 1_000_000n
    const spans = ids.map((spanId, i) => ({
      traceId,
      spanId,
      ...(i === 0 ? {} : { parentSpanId: ids[i >> 3] }),
      name: `step ${i % 100}`,
      kind: 1,
      startTimeUnixNano: String(start + BigInt(i)),
      endTimeUnixNano: String(start + BigInt(i) + 1_000n),
      attributes: [{ key: 'input.value', value: { stringValue: 'a prompt of some length '.repeat(20) } }],
    }))
    const answer = await fetch(`${base}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    })
    await answer.arrayBuffer()
    if (answer.ok) sent += SMALL_SPANS
    else await wait(PAUSE_MS)
  }
  const all = (async () => {
    while (!stopped) {
      await one()
      await wait(PAUSE_MS)
    }
  })()
  return async () => {
    stopped = true
    await all
    return sent
  }
}

function percentiles(times: number[]): Percentiles {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1))
  return { p50_ms: at(0.5), p99_ms: at(0.99) }
}

function token(secret: string, sub: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    iss: 'workflow-trace',
    aud: 'workflow-trace',
    sub,
    exp: Math.floor(Date.now() / 1000) + 3600,
    workflows: ['*'],
    scope: 'traces:read content:read traces:write',
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
    else if ('p50_ms' in value)
      process.stdout.write(
        `${name.padEnd(24)} p50 ${String(value.p50_ms).padStart(7)} ms   p99 ${String(value.p99_ms).padStart(7)} ms\n`,
      )
  }
  process.stdout.write(`${JSON.stringify({ read: result })}\n`)
}
