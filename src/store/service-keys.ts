import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Bytes: as long as the digest of the HMAC-SHA-256 that it feeds. */
const KEY_BYTES = 32

/** The key of a workspace for a purpose; the first process that asks makes it. */
export async function serviceKey(db: Kysely<Tables>, workspace: string, purpose: string): Promise<Buffer> {
  await db
    .insertInto('service_keys')
    .values({ workspace, purpose, key: randomBytes(KEY_BYTES) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await db
    .selectFrom('service_keys')
    .select('key')
    .where('workspace', '=', workspace)
    .where('purpose', '=', purpose)
    .executeTakeFirstOrThrow()
  return row.key
}
