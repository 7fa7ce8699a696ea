import type { Pool, PoolClient } from 'pg'
import type { ExecutionKey } from '../tree/execution-tree.ts'
import { type Erasure, erasedSpans, groupErased, type SpanPlace } from './erased-spans.ts'

/** Erased traces and names that a process remembers; beyond, it asks the database about every request. */
const REMEMBERED = 100_000
/** Ids in one row of `erasures`: 800 kB. What is refused later is refused without being noted down. */
const IDS_PER_ROW = 100_000

/** Holds off every writer until COMMIT: see `erasures_unchanged` in the migrations. */
export const holdWriters = `select pg_advisory_xact_lock(hashtext('workflow-trace erasures'))`

/**
 * Keeps what was erased from coming back. Remembers which traces and names were erased, up to a number that every
 * writer's transaction compares with the database's: so looking costs nothing until something is erased, and
 * nothing slips through between a look and a COMMIT.
 */
export class Erasures {
  /** The newest erasure that this process knows. */
  known = 0n
  readonly #pool: Pool
  /** `realm`, then `t` and a trace or `e` and a name. */
  readonly #keys = new Set<string>()
  #forgot = false
  #loading: Promise<void> | null = null

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Learns what was erased since the last time. Calls at once share one look. */
  refresh(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null
    })
    return this.#loading
  }

  /** True when an execution of this name was erased in the realm: its artifacts are not taken either. */
  async isErased(realm: number, executionId: string): Promise<boolean> {
    const { rows } = await this.#pool.query(
      'select from erasures where realm = $1 and execution_id = $2 limit 1',
      [realm, executionId],
    )
    return rows.length > 0
  }

  /**
   * True when a request may hold something that was erased, so that `admit` has to tell: its traces, each with the
   * executions that its spans name. Asks the database nothing.
   */
  concern(realm: number, named: ReadonlyMap<string, ReadonlySet<string>>): boolean {
    if (this.#forgot) return true
    if (this.#keys.size === 0) return false
    for (const [traceId, executions] of named) {
      if (this.#keys.has(`${realm}t${traceId}`)) return true
      for (const name of executions) if (this.#keys.has(`${realm}e${name}`)) return true
    }
    return false
  }

  #touches(realm: number, { traceId, executionId }: SpanPlace): boolean {
    const named = executionId !== null && this.#keys.has(`${realm}e${executionId}`)
    return named || this.#keys.has(`${realm}t${traceId}`)
  }

  /** The spans of a request that do not belong to an erased execution: the same array when all may stay. */
  async admit<T extends SpanPlace>(realm: number, spans: readonly T[]): Promise<readonly T[]> {
    const traces = new Set<string>()
    for (const span of spans) if (this.#forgot || this.#touches(realm, span)) traces.add(span.traceId)
    if (traces.size === 0) return spans
    const touched = spans.filter((span) => traces.has(span.traceId))
    const erasures = await loadErasures(this.#pool, realm, traces, namesOf(touched))
    if (erasures.length === 0) return spans
    const all = [...(await loadPlaces(this.#pool, realm, traces)), ...touched]
    const erased = erasedSpans(all, erasures)
    const refused = touched.filter((span) => erased.has(`${span.traceId}${span.spanId}`))
    if (refused.length === 0) return spans
    await this.#note(realm, refused, erased, erasures)
    return spans.filter((span) => !erased.has(`${span.traceId}${span.spanId}`))
  }

  /** What was refused counts as erased too: spans below it that came before it go, and later ones are refused. */
  async #note(
    realm: number,
    refused: readonly SpanPlace[],
    erased: ReadonlyMap<string, ExecutionKey>,
    erasures: readonly Erasure[],
  ): Promise<void> {
    const news = newlyErased(refused, erased, erasures)
    if (news.size === 0) return
    const client = await this.#pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      await noteErased(client, realm, news)
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch((cause) => {
        broken = cause
      })
      throw error
    } finally {
      client.release(broken)
    }
  }

  async #load(): Promise<void> {
    for (;;) {
      const { rows } = await this.#pool.query<{
        id: string
        realm: number
        name: string | null
        trace: string
      }>(
        `select id, realm, case when fallback then null else execution_id end as name, encode(trace_id, 'hex') as trace
         from erasures where id > $1 order by id limit 10000`,
        [this.known],
      )
      for (const { id, realm, name, trace } of rows) {
        if (name !== null) this.#keys.add(`${realm}e${name}`)
        if (trace !== '') this.#keys.add(`${realm}t${trace}`)
        this.known = BigInt(id)
      }
      if (this.#keys.size > REMEMBERED) {
        this.#forgot = true
        this.#keys.clear()
      }
      if (rows.length < 10_000) return
    }
  }
}

const namesOf = (spans: readonly SpanPlace[]) => [
  ...new Set(spans.map((span) => span.executionId).filter((name) => name !== null)),
]

const bytes = (ids: Iterable<string>) => Array.from(ids, (id) => Buffer.from(id, 'hex'))

/** What was erased of these traces, and of these names as a whole. */
export async function loadErasures(
  db: Pool | PoolClient,
  realm: number,
  traceIds: Iterable<string>,
  names: readonly string[],
): Promise<Erasure[]> {
  const { rows } = await db.query<{
    id: string
    execution_id: string
    fallback: boolean
    trace: string
    span_ids: Buffer
  }>({
    name: 'erasures',
    text: `select id, execution_id, fallback, encode(trace_id, 'hex') as trace, span_ids from erasures
      where realm = $1 and trace_id = any($2)
      union all
      select id, execution_id, fallback, '', span_ids from erasures
      where realm = $1 and execution_id = any($3) and not fallback and trace_id = ''`,
    values: [realm, bytes(traceIds), names],
  })
  return rows.map((row) => ({
    id: BigInt(row.id),
    key: { executionId: row.execution_id, fallback: row.fallback },
    traceId: row.trace,
    spanIds: new Set(row.span_ids.toString('hex').match(/.{16}/g) ?? []),
  }))
}

/** The spans that are stored of these traces, as far as belonging goes. */
async function loadPlaces(db: Pool, realm: number, traceIds: Iterable<string>): Promise<SpanPlace[]> {
  const { rows } = await db.query<SpanPlace>(
    `select encode(trace_id, 'hex') as "traceId", encode(span_id, 'hex') as "spanId",
       encode(parent_span_id, 'hex') as "parentSpanId", execution_id as "executionId"
     from spans where realm = $1 and trace_id = any($2) order by rank`,
    [realm, bytes(traceIds)],
  )
  return rows
}

/** Adds spans to what was erased, and marks their traces so that a roll-up removes what is stored of them. */
export async function noteErased(
  client: PoolClient,
  realm: number,
  erased: ReadonlyMap<string, ExecutionKey>,
): Promise<void> {
  for (const { key, traceId, spanIds } of groupErased(erased)) {
    const values = [
      realm,
      key.executionId,
      key.fallback,
      Buffer.from(traceId, 'hex'),
      Buffer.from(spanIds.join(''), 'hex'),
    ]
    const { rowCount } = await client.query(
      `update erasures set span_ids = case when length(span_ids) < $6 then span_ids || $5 else span_ids end
       where realm = $1 and execution_id = $2 and fallback = $3 and trace_id = $4`,
      [...values, IDS_PER_ROW * 8],
    )
    if (rowCount === 0) {
      await client.query(holdWriters)
      await client.query(
        `insert into erasures (realm, execution_id, fallback, trace_id, span_ids) values ($1, $2, $3, $4, $5)
         on conflict (realm, execution_id, fallback, trace_id)
         do update set span_ids = erasures.span_ids || excluded.span_ids`,
        values,
      )
    }
    await client.query('insert into dirty_traces (realm, trace_id, execution_ids) values ($1, $2, $3)', [
      realm,
      Buffer.from(traceId, 'hex'),
      [],
    ])
  }
}

/**
 * Deletes what is stored of erased executions among these spans (all of their traces), and returns the rest. Also a
 * number that changes when something more is erased of these traces: what is remembered of executions beside the
 * erased ones carries it in its version.
 */
export async function sweepErased<T extends SpanPlace>(
  client: PoolClient,
  realm: number,
  spans: readonly T[],
): Promise<{ spans: readonly T[]; salt: (traceIds: readonly string[]) => bigint }> {
  const traces = new Set(spans.map((span) => span.traceId))
  const erasures = await loadErasures(client, realm, traces, namesOf(spans))
  if (erasures.length === 0) return { spans, salt: () => 0n }
  const erased = erasedSpans(spans, erasures)
  const isErased = (span: SpanPlace) => erased.has(`${span.traceId}${span.spanId}`)
  const swept = spans.filter(isErased)
  await deleteSpans(client, realm, swept)
  await noteErased(client, realm, newlyErased(swept, erased, erasures))
  const salt = (traceIds: readonly string[]) =>
    erasures
      .filter(({ traceId }) => traceIds.includes(traceId))
      .reduce((sum, { id }) => BigInt.asIntN(64, sum ^ (id * SALT)), 0n)
  return { spans: spans.filter((span) => !isErased(span)), salt }
}

/** An odd number that spreads small ones over 64 bits (2^64 / golden ratio). */
const SALT = 0x9e3779b97f4a7c15n

/** Of these erased spans, those that no erasure lists yet. */
function newlyErased(
  spans: readonly SpanPlace[],
  erased: ReadonlyMap<string, ExecutionKey>,
  erasures: readonly Erasure[],
): Map<string, ExecutionKey> {
  const known = new Set(erasures.flatMap(({ traceId, spanIds }) => Array.from(spanIds, (id) => traceId + id)))
  const news = new Map<string, ExecutionKey>()
  for (const { traceId, spanId } of spans) {
    const key = erased.get(`${traceId}${spanId}`)
    if (key !== undefined && !known.has(`${traceId}${spanId}`)) news.set(`${traceId}${spanId}`, key)
  }
  return news
}

/** Spans per DELETE: each stays far below the statement's time-out. */
const DELETE_BATCH = 5_000

async function deleteSpans(client: PoolClient, realm: number, spans: readonly SpanPlace[]): Promise<void> {
  for (let from = 0; from < spans.length; from += DELETE_BATCH) {
    const batch = spans.slice(from, from + DELETE_BATCH)
    const values = [realm, bytes(batch.map((span) => span.traceId)), bytes(batch.map((span) => span.spanId))]
    const gone = 'using unnest($2::bytea[], $3::bytea[]) as gone (trace, span)'
    const same = 'realm = $1 and trace_id = gone.trace and span_id = gone.span'
    await client.query(`delete from spans ${gone} where ${same}`, values)
    await client.query(`delete from span_logs ${gone} where ${same}`, values)
  }
}
