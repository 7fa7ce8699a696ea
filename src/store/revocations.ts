import type pg from 'pg'
import { orUnavailable } from './unavailable.ts'

/** Milliseconds after which the list is read again: how long a revoked token may still work. */
const REFRESH_MS = 5_000
/** Revoked tokens that a process remembers, the latest first: tokens live for days, and few are revoked. */
const MOST_REMEMBERED = 100_000

/**
 * Tokens that are refused before they expire, by `jti`. The list is small, so every process holds it and reads it
 * again every few seconds. A process that never could read it trusts no token; one that did goes on with what it
 * has while the database is away (nothing can be read or written then anyway).
 */
export class Revocations {
  readonly #pool: pg.Pool
  readonly #now: () => number
  #revoked = new Set<string>()
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | null = null

  constructor(pool: pg.Pool, now: () => number = Date.now) {
    this.#pool = pool
    this.#now = now
  }

  /** Rejects with `StoreUnavailable` when the list has never been read and cannot be. */
  async isRevoked(jti: string): Promise<boolean> {
    if (this.#now() - this.#readAt >= REFRESH_MS) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null
      })
      const known = this.#readAt !== Number.NEGATIVE_INFINITY
      await (known ? this.#reading.catch(() => {}) : this.#reading)
    }
    return this.#revoked.has(jti)
  }

  /** Refuses a token from now on: at once in this process, within seconds in the others. */
  async revoke(jti: string, expiresAt: Date | null = null): Promise<void> {
    await orUnavailable(
      this.#pool.query(
        `insert into revoked_tokens (jti, expires_at) values ($1, $2) on conflict (jti) do nothing`,
        [jti, expiresAt],
      ),
    )
    this.#revoked.add(jti)
  }

  async #read(): Promise<void> {
    const { rows } = await orUnavailable(
      this.#pool.query<{ jti: string }>(
        `select jti from revoked_tokens where expires_at is null or expires_at > now()
         order by revoked_at desc limit $1`,
        [MOST_REMEMBERED],
      ),
    )
    this.#revoked = new Set(rows.map((row) => row.jti))
    this.#readAt = this.#now()
  }
}
