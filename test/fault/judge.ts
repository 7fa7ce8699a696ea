import pg from 'pg'

/** What Postgres itself says of acknowledged spans. */
export interface Judgement {
  /** Acknowledged and not there. */
  lost: number
  rows: number
  /** Rows beyond the first of one span. */
  doubled: number
}

export async function judge(databaseUrl: string, spanIds: readonly string[]): Promise<Judgement> {
  const ids = spanIds.map((id) => Buffer.from(id, 'hex'))
  const [row = {}] = await ask<Record<string, string>>(
    databaseUrl,
    `select (select count(*) from unnest($1::bytea[]) as acked (id)
              where not exists (select from spans where span_id = acked.id)) as lost,
            count(*) as rows, count(*) - count(distinct (realm, trace_id, span_id)) as doubled from spans`,
    [ids],
  )
  return { lost: Number(row.lost), rows: Number(row.rows), doubled: Number(row.doubled) }
}

/** One query on a connection of its own. */
export async function ask<Row extends object>(
  databaseUrl: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}
