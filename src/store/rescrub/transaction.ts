import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'
import { classify } from '../sqlstate.ts'
import { isOutdated } from '../write-group.ts'

/** Times that a batch is tried when ingest, a roll-up or an erasure is in its way. */
const TRIES = 20
/** Milliseconds between two tries, and that a batch waits for a lock. */
const PAUSE_MS = 100
const LOCK_MS = 1_000

/**
 * `read` looks at rows and decides without a transaction, `write` stores in a short one and holds to what was read:
 * rows that somebody replaced meanwhile it leaves alone. When an erasure came in between, or a lock is not to be
 * had, both run again. Resolves after COMMIT; rejects with the driver's error.
 */
export async function inBatch<T>(
  client: Client,
  read: () => Promise<T>,
  write: (read: T) => Promise<void>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      const { rows } = await client.query<{ id: string }>('select coalesce(max(id), 0) as id from erasures')
      const found = await read()
      await client.query(`begin; set local lock_timeout = ${LOCK_MS}`)
      await client.query(`select erasures_unchanged(${BigInt(rows[0]?.id ?? 0)})`)
      await write(found)
      await client.query('commit')
      return found
    } catch (error) {
      await client.query('rollback').catch(() => {})
      const { class: of, retry } = classify(error)
      if (tries === TRIES || !(retry || of === 'slow' || isOutdated(error))) throw error
      await wait(PAUSE_MS * (1 + Math.random()))
    }
  }
}

/** Tells the roll-ups that a trace changed, and which executions its spans name, before and now. */
export async function markDirty(
  client: Client,
  realm: number,
  trace: Buffer,
  executions: ReadonlySet<string>,
): Promise<void> {
  await client.query('insert into dirty_traces (realm, trace_id, execution_ids) values ($1, $2, $3)', [
    realm,
    trace,
    [...executions],
  ])
}
