import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Bytes: as long as the digest of the HMAC-SHA-256 that it feeds. */
const KEY_BYTES = 32

/** Keys that a process remembers; a row, once made, stays as it is. */
const REMEMBERED = 1_000

/** The keys of workspaces for purposes: the same in every process, read once. */
export class ServiceKeys {
  readonly #db: Kysely<Tables>
  readonly #known = new Map<string, Promise<Buffer>>()

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** The key of a workspace for a purpose. Rejects with the driver's error while the database is away. */
  get(workspace: string, purpose: string): Promise<Buffer> {
    const name = `${workspace}\0${purpose}`
    const known = this.#known.get(name)
    if (known !== undefined) return known
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    const key = serviceKey(this.#db, workspace, purpose)
    key.catch(() => this.#known.delete(name))
    this.#known.set(name, key)
    return key
  }
}

/** The first process that asks makes it. */
async function serviceKey(db: Kysely<Tables>, workspace: string, purpose: string): Promise<Buffer> {
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
