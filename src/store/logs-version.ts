import type { Pool } from 'pg'

/**
 * Which log records the spans of these traces have, as a short text: another one as soon as a record comes, goes or is
 * another. Spans alone do not tell: a record may come long after its span. Rejects with the driver's error.
 */
export async function logsVersion(
  pool: Pick<Pool, 'query'>,
  realm: number,
  traceIds: readonly string[],
): Promise<string> {
  const { rows } = await pool.query<{ version: string | null }>({
    name: 'logs-version',
    // by the key alone: no record is read
    text: `select encode(sha256(string_agg(hash, '' order by trace_id, span_id, day, hash)), 'base64') as version
      from span_logs where realm = $1 and trace_id = any($2)`,
    values: [realm, traceIds.map((id) => Buffer.from(id, 'hex'))],
  })
  return rows[0]?.version ?? ''
}
