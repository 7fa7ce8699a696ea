import { hash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { SpanLog } from '../model/log.ts'
import type { ArtifactReference } from '../model/span.ts'
import { artifactsOfLogs } from '../normalize/artifacts.ts'
import type { SlimSpan } from '../tree/slim-span.ts'

/** What a record carries as bytes, for its row; null = nothing. */
export function loggedArtifacts(log: SpanLog): string | null {
  const found = artifactsOfLogs([log])
  return found.length === 0 ? null : JSON.stringify(found)
}

/**
 * What records carry that their span does not tell itself: `key` (trace and span id in hex) and the artifacts' `ids`.
 * `which` says of which records `l` of the realm $1.
 */
export const loggedSql = (
  which: string,
) => `select encode(l.trace_id || l.span_id, 'hex') as key, array_agg(distinct one ->> 'id') as ids
  from span_logs l cross join lateral json_array_elements(l.artifacts) one
  where l.realm = $1 and l.artifacts is not null and ${which}
    and not exists (select from spans s cross join lateral json_array_elements(s.artifacts) own
      where s.realm = $1 and s.trace_id = l.trace_id and s.span_id = l.span_id and s.artifacts is not null
        and own ->> 'id' = one ->> 'id')
  group by 1`

/** Records of the spans of $2 and $3 (ids as one string of bytes each); $4 = their number − 1. */
const OF_SPANS = `(l.trace_id, l.span_id) in (
  select substr($2::bytea, n * 16 + 1, 16), substr($3::bytea, n * 8 + 1, 8) from generate_series(0, $4::int) n)`

interface SpanPlace {
  traceId: string
  spanId: string
}

const parameters = (realm: number, spans: readonly SpanPlace[]) => [
  realm,
  Buffer.from(spans.map(({ traceId }) => traceId).join(''), 'hex'),
  Buffer.from(spans.map(({ spanId }) => spanId).join(''), 'hex'),
  spans.length - 1,
]

/**
 * Counts what log records carry for these spans, beside what the spans tell themselves. The fingerprint changes with
 * it, so that nobody remembers the span without. One query, of an index that holds such records alone.
 */
export async function addLoggedArtifacts(
  db: Pool | PoolClient,
  realm: number,
  spans: readonly SlimSpan[],
): Promise<void> {
  if (spans.length === 0) return
  const { rows } = await db.query<{ key: string; ids: string[] }>({
    name: 'logged-artifacts',
    text: loggedSql(OF_SPANS),
    values: parameters(realm, spans),
  })
  if (rows.length === 0) return
  const found = new Map(rows.map(({ key, ids }) => [key, ids]))
  for (const span of spans) {
    const ids = found.get(span.traceId + span.spanId)
    if (ids === undefined) continue
    span.artifactCount += ids.length
    span.fingerprint ^= hash('sha256', JSON.stringify(ids), 'buffer').readBigInt64BE()
  }
}

/** What log records of these spans carry, by trace and span id; an artifact may be told by several of them. */
export async function loadLoggedReferences(
  db: Pool,
  realm: number,
  spans: readonly SpanPlace[],
): Promise<{ key: string; artifacts: ArtifactReference[] }[]> {
  const { rows } = await db.query<{ key: string; artifacts: ArtifactReference[] }>({
    name: 'logged-references',
    text: `select encode(l.trace_id || l.span_id, 'hex') as key, l.artifacts from span_logs l
      where l.realm = $1 and l.artifacts is not null and ${OF_SPANS}
      order by l.time_ns, l.position, l.hash`,
    values: parameters(realm, spans),
  })
  return rows
}
