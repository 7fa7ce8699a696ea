import pg from 'pg'

/** What Postgres itself says of acknowledged spans: how many are missing, and how many rows there are. */
export async function judge(
  databaseUrl: string,
  spanIds: readonly string[],
): Promise<{ lost: number; rows: number }> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const ids = spanIds.map((id) => Buffer.from(id, 'hex'))
    const { rows } = await client.query<{ lost: string; rows: string }>(
      `select (select count(*) from unnest($1::bytea[]) as acked (id)
                where not exists (select from spans where span_id = acked.id)) as lost,
              (select count(*) from spans) as rows`,
      [ids],
    )
    return { lost: Number(rows[0]?.lost), rows: Number(rows[0]?.rows) }
  } finally {
    await client.end()
  }
}
