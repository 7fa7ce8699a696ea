import { hash } from 'node:crypto'
import type { ClientBase, Pool, PoolClient } from 'pg'
import type { SpanLog } from '../model/log.ts'
import type { ArtifactReference } from '../model/span.ts'
import { artifactsOfLogs } from '../normalize/artifacts.ts'
import type { SlimSpan } from '../tree/slim-span.ts'

/** What a record carries as bytes, for its row; null = nothing. */
export function loggedArtifacts(log: SpanLog): string | null {
  const found = artifactsOfLogs([log])
  return found.length === 0 ? null : JSON.stringify(found)
}

/** The realm has such records from now on, if there is one among these. */
export async function noteLogged(
  client: ClientBase,
  realm: number,
  artifacts: readonly (string | null)[],
): Promise<void> {
  if (artifacts.every((one) => one === null)) return
  await client.query('update realms set logged_artifacts = true where id = $1 and not logged_artifacts', [
    realm,
  ])
}

async function hasLogged(db: Pool | PoolClient, realm: number): Promise<boolean> {
  const { rows } = await db.query<{ logged_artifacts: boolean }>({
    name: 'realm-logged',
    text: 'select logged_artifacts from realms where id = $1',
    values: [realm],
  })
  return rows[0]?.logged_artifacts === true
}

/**
 * Records `l` of these traces (an SQL array of ids) of the realm $1 that carry something. Trace by trace: looked up by
 * span, every span costs as many look-ups as there are days.
 */
const recordsOf = (
  traces: string,
) => `(select trace_id, span_id, artifacts, time_ns, position, hash from span_logs
    where realm = $1 and artifacts is not null and trace_id = any(${traces}) offset 0) l`

/**
 * What records carry that their span does not tell itself: `key` (trace and span id in hex) and the artifacts' `ids`.
 * `traces` as for `recordsOf`; `which` says of which of their records `l`; `days` of which spans `s` (SQL conditions).
 */
export const loggedSql = (
  traces: string,
  which = 'true',
  days = 'true',
) => `select encode(l.trace_id || l.span_id, 'hex') as key, array_agg(distinct one ->> 'id') as ids
  from ${recordsOf(traces)} cross join lateral json_array_elements(l.artifacts) one
  where ${which} and not exists (select from spans s cross join lateral json_array_elements(s.artifacts) own
    where s.realm = $1 and s.trace_id = l.trace_id and s.span_id = l.span_id and ${days} and s.artifacts is not null
      and own ->> 'id' = one ->> 'id')
  group by 1`

/** $2 and $3: ids of spans, as one string of bytes each; $4: those of their traces, each once. */
const TRACES = `array(select substr($4::bytea, n * 16 + 1, 16) from generate_series(0, length($4::bytea) / 16 - 1) n)`
const OF_SPANS = `(l.trace_id, l.span_id) in (select substr($2::bytea, n * 16 + 1, 16), substr($3::bytea, n * 8 + 1, 8)
  from generate_series(0, length($3::bytea) / 8 - 1) n)`

interface SpanPlace {
  traceId: string
  spanId: string
}

function parameters(realm: number, spans: readonly SpanPlace[]) {
  const traceIds = spans.map(({ traceId }) => traceId)
  const bytes = (ids: Iterable<string>) => Buffer.from([...ids].join(''), 'hex')
  return [realm, bytes(traceIds), bytes(spans.map(({ spanId }) => spanId)), bytes(new Set(traceIds))]
}

/**
 * Counts what log records carry for these spans, beside what the spans tell themselves. The fingerprint changes with
 * it, so that nobody remembers the span without.
 */
export async function addLoggedArtifacts(
  db: Pool | PoolClient,
  realm: number,
  spans: readonly SlimSpan[],
): Promise<void> {
  if (spans.length === 0 || !(await hasLogged(db, realm))) return
  const { rows } = await db.query<{ key: string; ids: string[] }>({
    name: 'logged-artifacts',
    text: loggedSql(TRACES, OF_SPANS),
    values: parameters(realm, spans),
  })
  if (rows.length === 0) return
  const found = new Map(rows.map(({ key, ids }) => [key, ids]))
  for (const span of spans) {
    const ids = found.get(span.traceId + span.spanId)
    if (ids === undefined) continue
    span.artifactCount += ids.length
    span.loggedArtifactCount = ids.length
    span.fingerprint ^= hash('sha256', JSON.stringify(ids), 'buffer').readBigInt64BE()
  }
}

/** What log records of these spans carry, by trace and span id; an artifact may be told by several of them. */
export async function loadLoggedReferences(
  db: Pool,
  realm: number,
  spans: readonly SpanPlace[],
): Promise<{ key: string; artifacts: ArtifactReference[] }[]> {
  if (!(await hasLogged(db, realm))) return []
  const { rows } = await db.query<{ key: string; artifacts: ArtifactReference[] }>({
    name: 'logged-references',
    text: `select encode(l.trace_id || l.span_id, 'hex') as key, l.artifacts from ${recordsOf(TRACES)}
      where ${OF_SPANS} order by l.time_ns, l.position, l.hash`,
    values: parameters(realm, spans),
  })
  return rows
}
