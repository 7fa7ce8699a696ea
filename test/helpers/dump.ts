import type pg from 'pg'

/**
 * Every row of every table as text, by table; what is stored as bytes (shown as hex, or base64 within attributes) is
 * added as text, too. For tests that look for what must not be stored.
 */
export async function dump(pool: pg.Pool): Promise<Map<string, string>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I', relname) as name from pg_class
     where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition`,
  )
  const texts = new Map<string, string>()
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`)
    const all = rows.map(({ row }) => row).join('\n')
    const hex = [...all.matchAll(/\\+x([0-9a-f]{8,})/g)].map(([, found]) =>
      Buffer.from(found as string, 'hex').toString('latin1'),
    )
    const base64 = [...all.matchAll(/"bytes":"+([A-Za-z0-9+/=]+)/g)].map(([, found]) =>
      Buffer.from(found as string, 'base64').toString('latin1'),
    )
    texts.set(name, [all, ...hex, ...base64].join('\n'))
  }
  return texts
}
