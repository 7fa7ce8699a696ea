import type pg from 'pg'
import { hashOfKey, ingestKeyId, isKeyOf, type KeyScope, makeIngestKey } from '../access/ingest-key.ts'
import type { Principal, Scope } from '../model/principal.ts'
import { BatchedLookup } from './batched-lookup.ts'
import { orUnavailable } from './unavailable.ts'

/** Milliseconds that a key's row is believed: how long a revoked key may still work. */
const BELIEVE_MS = 5_000
/** Rows remembered, and as many unknown keys apart from them: whoever guesses pushes out nobody's key. */
const MOST_REMEMBERED = 5_000
/** Milliseconds between two notes that a key is in use. */
const TOUCH_MS = 60_000

/** What a new key is for. */
export interface KeyGrant {
  name: string
  workspace: string
  /** Normalized patterns. */
  workflows: readonly string[]
  scopes: readonly KeyScope[]
  expiresAt: Date | null
}

/** A key as it is listed: never the key itself. */
export interface IngestKey extends Omit<KeyGrant, 'scopes'> {
  id: string
  scopes: readonly Scope[]
  createdAt: Date
  revokedAt: Date | null
  lastUsedAt: Date | null
}

interface Stored {
  id: string
  hash: Buffer
  name: string
  workspace: string
  workflows: string[]
  scopes: Scope[]
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
}

interface Remembered {
  row: Stored | null
  at: number
  touchedAt: number
}

/** The static keys of runners. Rejects with `StoreUnavailable` while the database is away. */
export class IngestKeys {
  readonly #pool: pg.Pool
  readonly #now: () => number
  readonly #known = new Map<string, Remembered>()
  readonly #unknown = new Map<string, Remembered>()
  readonly #rows: BatchedLookup<Stored>

  constructor(pool: pg.Pool, now: () => number = Date.now) {
    this.#pool = pool
    this.#now = now
    this.#rows = new BatchedLookup(async (ids) => {
      const work = pool.query<Stored>('select * from ingest_keys where id = any($1::text[])', [ids])
      return (await orUnavailable(work)).rows
    })
  }

  /** Makes a key and returns it: the only time that it can be seen. */
  async create(grant: KeyGrant): Promise<{ id: string; key: string }> {
    const { id, key, hash } = makeIngestKey()
    await orUnavailable(
      this.#pool.query(
        `insert into ingest_keys (id, hash, name, workspace, workflows, scopes, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
        [id, hash, grant.name, grant.workspace, grant.workflows, grant.scopes, grant.expiresAt],
      ),
    )
    return { id, key }
  }

  /** The keys of a workspace, or of all; the newest first, revoked ones included. */
  async list(workspace: string | null = null): Promise<IngestKey[]> {
    const { rows } = await orUnavailable(
      this.#pool.query<Stored>(
        'select * from ingest_keys where $1::text is null or workspace = $1 order by created_at desc, id limit 1000',
        [workspace],
      ),
    )
    return rows.map(listed)
  }

  /** Null when there is no such key, or it is revoked already. Others go on working. */
  async revoke(id: string): Promise<IngestKey | null> {
    const { rows } = await orUnavailable(
      this.#pool.query<Stored>(
        'update ingest_keys set revoked_at = now() where id = $1 and revoked_at is null returning *',
        [id],
      ),
    )
    this.#known.delete(id)
    return rows[0] === undefined ? null : listed(rows[0])
  }

  /** Who a key is; null = not one of ours, revoked or expired: nobody can tell which. */
  async principalOf(key: string): Promise<Principal | null> {
    const id = ingestKeyId(key)
    if (id === null) return null
    const known = await this.#remembered(id)
    const row = known.row
    if (row === null) {
      // As much work as for a key that is there.
      hashOfKey(key)
      return null
    }
    if (!isKeyOf(key, row.hash)) return null
    if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at.getTime() <= this.#now()))
      return null
    this.#touch(id, known)
    return {
      subject: `key:${id}`,
      workspace: row.workspace,
      workflows: row.workflows,
      scopes: new Set(row.scopes),
    }
  }

  async #remembered(id: string): Promise<Remembered> {
    const known = this.#known.get(id) ?? this.#unknown.get(id)
    const now = this.#now()
    if (known !== undefined && now - known.at < BELIEVE_MS) return known
    const row = await this.#rows.find(id)
    const read = { row, at: now, touchedAt: known?.touchedAt ?? Number.NEGATIVE_INFINITY }
    this.#unknown.delete(id)
    this.#known.delete(id)
    const shelf = row === null ? this.#unknown : this.#known
    shelf.set(id, read)
    if (shelf.size > MOST_REMEMBERED) shelf.delete(shelf.keys().next().value as string)
    return read
  }

  /** When the key was last used, to the minute; nobody waits for it, and a failure is told by later ones. */
  #touch(id: string, known: Remembered): void {
    if (this.#now() - known.touchedAt < TOUCH_MS) return
    known.touchedAt = this.#now()
    this.#pool.query('update ingest_keys set last_used_at = now() where id = $1', [id]).catch(() => {
      known.touchedAt = Number.NEGATIVE_INFINITY
    })
  }
}

const listed = (row: Stored): IngestKey => ({
  id: row.id,
  name: row.name,
  workspace: row.workspace,
  workflows: row.workflows,
  scopes: row.scopes,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  lastUsedAt: row.last_used_at,
})
