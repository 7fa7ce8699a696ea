import { hash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import type { Resource, Scope } from '../model/otlp.ts'
import { attributesFromStored, attributesToJson } from './stored-value.ts'
import type { Tables } from './tables.ts'

/** How many contexts a process remembers as stored; a restart or a miss costs one INSERT that does nothing. */
const REMEMBERED = 20_000

/** The resource and scope of spans: stored once by content, referred to by 16 bytes. */
export class Contexts {
  readonly #db: Kysely<Tables>
  /** `realm:hash` of rows known to be committed. */
  readonly #stored = new Set<string>()

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** True when every context is known to be committed. */
  has(realm: number, contexts: ReadonlyMap<string, Context>): boolean {
    for (const { key } of contexts.values()) if (!this.#stored.has(`${realm}:${key}`)) return false
    return true
  }

  /**
   * Resolves when every context is committed: only then may a span refer to it. May be repeated. In the order of their
   * keys, so that two who are sent the same ones in another order do not deadlock.
   */
  async store(realm: number, contexts: ReadonlyMap<string, Context>): Promise<void> {
    const missing = [...contexts.values()]
      .filter(({ key }) => !this.#stored.has(`${realm}:${key}`))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    if (missing.length === 0) return
    const hashes = missing.map((context) => context.hash)
    const bodies = missing.map((context) => context.body)
    await sql`insert into contexts (realm, hash, body)
      select ${realm}, hash, body::json from unnest(${hashes}::bytea[], ${bodies}::text[]) as c (hash, body)
      on conflict do nothing`.execute(this.#db)
    if (this.#stored.size > REMEMBERED) this.#stored.clear()
    for (const context of missing) this.#stored.add(`${realm}:${context.key}`)
  }
}

export interface Context {
  hash: Buffer
  /** The hash in hex. */
  key: string
  body: string
}

export function contextOf(resource: Resource, scope: Scope): Context {
  const body = `{"resource":{"a":${attributesToJson(resource.attributes)},"d":${resource.droppedAttributesCount},"u":${JSON.stringify(resource.schemaUrl)}},"scope":{"n":${JSON.stringify(scope.name)},"v":${JSON.stringify(scope.version)},"a":${attributesToJson(scope.attributes)},"d":${scope.droppedAttributesCount},"u":${JSON.stringify(scope.schemaUrl)}}}`
  const digest = hash('sha256', body, 'buffer').subarray(0, 16)
  return { hash: digest, key: digest.toString('hex'), body }
}

/** A body of `contexts`, parsed. */
export interface StoredContext {
  resource: { a: unknown; d: number; u: string }
  scope: { n: string; v: string; a: unknown; d: number; u: string }
}

/** Resource and scope by the key of their context, for the spans of one realm. */
export async function loadContexts(
  db: Kysely<Tables>,
  realm: number,
  hashes: readonly Buffer[],
): Promise<Map<string, { resource: Resource; scope: Scope }>> {
  const rows = await db
    .selectFrom('contexts')
    .select(['hash', 'body'])
    .where('realm', '=', realm)
    .where('hash', '=', sql<Buffer>`any(${hashes})`)
    .execute()
  return new Map(rows.map((row) => [row.hash.toString('hex'), contextFromStored(row.body as StoredContext)]))
}

export function contextFromStored({ resource, scope }: StoredContext): { resource: Resource; scope: Scope } {
  return {
    resource: {
      attributes: attributesFromStored(resource.a),
      droppedAttributesCount: resource.d,
      schemaUrl: resource.u,
    },
    scope: {
      name: scope.n,
      version: scope.v,
      attributes: attributesFromStored(scope.a),
      droppedAttributesCount: scope.d,
      schemaUrl: scope.u,
    },
  }
}
