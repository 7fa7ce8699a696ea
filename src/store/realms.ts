import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * Interns workspace + write grant as the small number that every row begins with. Numbers are never re-used or
 * changed, so a process may remember them for ever.
 */
export class Realms {
  readonly #db: Kysely<Tables>
  readonly #known = new Map<string, Promise<number>>()

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** `patterns` normalized: sorted, without repetitions. */
  idOf(workspace: string, patterns: readonly string[]): Promise<number> {
    const grant = JSON.stringify(patterns)
    const key = `${workspace}\0${grant}`
    let id = this.#known.get(key)
    if (id === undefined) {
      id = this.#intern(workspace, grant)
      id.catch(() => this.#known.delete(key))
      this.#known.set(key, id)
    }
    return id
  }

  /** Every realm of the workspace: what a reader of it may look into. */
  async ofWorkspace(workspace: string): Promise<number[]> {
    const rows = await this.#db.selectFrom('realms').select('id').where('workspace', '=', workspace).execute()
    return rows.map((row) => row.id)
  }

  async #intern(workspace: string, grant: string): Promise<number> {
    await this.#db
      .insertInto('realms')
      .values({ workspace, grant_patterns: grant })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const row = await this.#db
      .selectFrom('realms')
      .select('id')
      .where('workspace', '=', workspace)
      .where('grant_patterns', '=', grant)
      .executeTakeFirstOrThrow()
    return row.id
  }
}
