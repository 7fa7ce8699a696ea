import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Pool } from 'pg'
import { limits } from '../limits.ts'
import type { Principal } from '../model/principal.ts'
import type { ArtifactReference } from '../model/span.ts'
import {
  type ArtifactRow,
  artifactRows,
  artifactWorkflow,
  handleOf,
  type StoredArtifact,
  storedArtifact,
} from './artifact-record.ts'
import { type ArtifactUpload, writeArtifact } from './artifacts-write.ts'
import type { Database } from './database.ts'
import type { ExecutionRecord } from './execution-record.ts'
import { type SpanId, spanKey } from './load-spans.ts'
import { loadLoggedReferences } from './logged-artifacts.ts'
import { mayRead, type Reach } from './reach.ts'
import { asNow, readAsOwner } from './reader-role.ts'
import type { Realms } from './realms.ts'
import { settleExecution } from './settle-for-read.ts'
import { orUnavailable } from './unavailable.ts'

export type { StoredArtifact } from './artifact-record.ts'
export { deleteArtifactsOf, dropArtifactBytesBefore } from './artifacts-delete.ts'

/** An upload of an execution, and whether its own span refers to it too. */
export interface Upload extends StoredArtifact {
  referenced: boolean
}

/** Where an upload goes: what is known of its execution in the writer's own realm. */
export interface UploadTarget {
  realm: number
  /** null = no span of the realm names the execution yet. */
  workflowId: string | null
  erased: boolean
}

/**
 * Bytes that spans produced. Reads go through what the principal may see: what is out of reach is the same `null`
 * as what is missing; within `Store.within` the server holds them to it, too. Everything rejects with `StoreUnavailable` while the database is away.
 */
export class ArtifactStore {
  readonly #database: Database
  readonly #realms: Realms
  readonly #redactionVersion: number

  constructor(database: Database, realms: Realms, redactionVersion: number) {
    this.#database = database
    this.#realms = realms
    this.#redactionVersion = redactionVersion
  }

  /** What a writer may know of the execution that it uploads to: only what its own grant wrote. */
  target(writer: Pick<Principal, 'workspace' | 'workflows'>, executionId: string): Promise<UploadTarget> {
    return orUnavailable(
      (async () => {
        const realm = await this.#realms.idOf(writer.workspace, writer.workflows)
        await settleExecution(this.#database, [realm], executionId)
        const { rows } = await this.#database.read.query<{ workflow_id: string | null; erased: boolean }>(
          `select (select workflow_id from executions where realm = $1 and execution_id = $2
                   order by fallback limit 1) as workflow_id,
             exists (select from erasures where realm = $1 and execution_id = $2) as erased`,
          [realm, executionId],
        )
        return { realm, workflowId: rows[0]?.workflow_id ?? null, erased: rows[0]?.erased ?? false }
      })(),
    )
  }

  /**
   * Stores bytes as they come, after COMMIT; chunks are of `limits.artifactChunkBytes`, but the last. `created` is
   * false when the same bytes were there. Rejects with `ArtifactConflict`, `Erased`, and whatever `chunks` throws.
   */
  put(
    upload: ArtifactUpload,
    chunks: AsyncIterable<Buffer>,
  ): Promise<{ artifact: StoredArtifact; created: boolean }> {
    return orUnavailable(
      (async () => {
        const created = await writeArtifact(this.#database.uploads, upload, chunks, this.#redactionVersion)
        const [artifact] = await this.#rows(
          sql`a.realm = ${upload.realm} and a.execution_id = ${upload.executionId}
            and a.artifact_id = ${upload.artifactId}`,
        )
        if (artifact === undefined) throw new Error('an artifact vanished as it was stored')
        return { artifact, created }
      })(),
    )
  }

  /** The uploads of an execution that the principal may see, by artifact id; at most `limits.summaryArtifacts`. */
  ofExecution(
    principal: Principal,
    { realm, key }: Pick<ExecutionRecord, 'realm' | 'key'>,
    traceIds: readonly string[],
  ): Promise<Map<string, Upload>> {
    return orUnavailable(
      (async () => {
        const reach = { realms: [realm], workflows: principal.workflows }
        const artifacts = await this.#rows(
          sql`a.realm = ${realm} and a.execution_id = ${key.executionId} and ${seen(reach)}`,
          sql`order by a.stored_at, a.artifact_id limit ${limits.summaryArtifacts}`,
        )
        const referenced = await this.#referencedByTheirSpans(realm, artifacts, traceIds)
        return new Map(
          artifacts.map((one) => [one.artifactId, { ...one, referenced: referenced.has(one.artifactId) }]),
        )
      })(),
    )
  }

  /** What these spans say of artifacts, by `spanKey`; spans that say nothing are not in the answer. */
  references(realm: number, ids: readonly SpanId[]): Promise<Map<string, ArtifactReference[]>> {
    return orUnavailable(loadReferences(this.#database.read, realm, ids))
  }

  /** The artifact of a download id, or of a raw artifact id that is unique among what the principal may see. */
  find(principal: Principal, id: string): Promise<StoredArtifact | null> {
    return orUnavailable(
      (async () => {
        const realms = await this.#realms.ofWorkspace(principal.workspace)
        if (realms.length === 0) return null
        const reach = { realms, workflows: principal.workflows }
        const handle = handleOf(id)
        const named = handle === null ? [] : await this.#seen(sql`a.handle = ${handle}`, reach)
        if (named.length > 0) return named[0] ?? null
        const candidates = await this.#seen(sql`a.artifact_id = ${id}`, reach)
        return candidates.length === 1 ? (candidates[0] ?? null) : null
      })(),
    )
  }

  /**
   * The artifact of a download id that was signed: whoever signed it has looked at who may see it. Nobody is known who
   * asks, so there is no reach to hold this to, here or in the server.
   */
  findSigned(downloadId: string): Promise<StoredArtifact | null> {
    const handle = handleOf(downloadId)
    if (handle === null) return Promise.resolve(null)
    return orUnavailable(this.#rows(sql`a.handle = ${handle}`).then(([artifact]) => artifact ?? null))
  }

  /**
   * The bytes from `from` (inclusive) to `to` (exclusive), chunk by chunk: each is a short query of its own, so a
   * slow reader holds no connection, and held to whoever called this. Throws when the artifact vanishes on the way.
   */
  bytes(artifact: StoredArtifact, from: number, to: number): AsyncGenerator<Buffer> {
    const chunk = limits.artifactChunkBytes
    const load = asNow((...where: [position: number, start: number, length: number]) =>
      orUnavailable(this.#chunk(artifact, ...where)),
    )
    return (async function* () {
      for (let at = from; at < to; ) {
        const start = at % chunk
        const length = Math.min(chunk - start, to - at)
        const bytes = await load(Math.floor(at / chunk), start, length)
        if (bytes?.length !== length) throw new Error('an artifact vanished as it was read')
        yield bytes
        at += length
      }
    })()
  }

  async #chunk(
    { realm, executionId, downloadId }: StoredArtifact,
    position: number,
    start: number,
    length: number,
  ): Promise<Buffer | undefined> {
    // pg reads every value as text (8.23): base64 is a third longer than the bytes, bytea's own form twice as long
    const { rows } = await this.#database.read.query<{ bytes: string }>(
      `select encode(substring(bytes from $5 for $6), 'base64') as bytes from artifact_chunks
       where realm = $1 and execution_id = $2 and handle = $3 and position = $4`,
      [realm, executionId, handleOf(downloadId), position, start + 1, length],
    )
    return rows[0] === undefined ? undefined : Buffer.from(rows[0].bytes, 'base64')
  }

  /** Rows the reader may see. One whose execution is not rolled up yet gets that done first. */
  async #seen(where: RawBuilder<SqlBool>, reach: Reach): Promise<StoredArtifact[]> {
    const inReach = sql`${where} and a.realm = any(${reach.realms}::integer[])`
    // Nobody's yet, so the server shows it to no reader, and nothing of it is told.
    const nobodys = await readAsOwner(() =>
      this.#rows(sql`${inReach} and ${artifactWorkflow} is null limit 5`),
    )
    for (const id of new Set(nobodys.map((one) => one.executionId)))
      await settleExecution(this.#database, reach.realms, id)
    return this.#rows(sql`${inReach} and ${seen(reach)}`, sql`limit 2`)
  }

  async #rows(where: RawBuilder<unknown>, rest = sql``): Promise<StoredArtifact[]> {
    const { rows } = await sql<ArtifactRow>`${artifactRows} and ${where} ${rest}`.execute(
      this.#database.kysely,
    )
    return rows.map(storedArtifact)
  }

  async #referencedByTheirSpans(
    realm: number,
    artifacts: readonly StoredArtifact[],
    traceIds: readonly string[],
  ): Promise<Set<string>> {
    const owned = artifacts.filter((one) => one.spanId !== null)
    if (owned.length === 0) return new Set()
    const spans = traceIds.flatMap((traceId) =>
      [...new Set(owned.map((one) => one.spanId as string))].map((spanId) => ({ traceId, spanId })),
    )
    const references = await loadReferences(this.#database.read, realm, spans)
    const bySpan = new Set(
      [...references].flatMap(([key, list]) => list.map((one) => `${key.slice(32)}${one.id}`)),
    )
    return new Set(
      owned.filter((one) => bySpan.has(`${one.spanId}${one.artifactId}`)).map((one) => one.artifactId),
    )
  }
}

/** True for artifacts that the reader may see; without a workflow nobody does. */
const seen = (reach: Reach) => sql`${artifactWorkflow} is not null and ${mayRead(artifactWorkflow, reach)}`

async function loadReferences(
  db: Pool,
  realm: number,
  ids: readonly SpanId[],
): Promise<Map<string, ArtifactReference[]>> {
  if (ids.length === 0) return new Map()
  const { rows } = await db.query<{ trace_id: string; span_id: string; artifacts: ArtifactReference[] }>(
    `select encode(trace_id, 'hex') as trace_id, encode(span_id, 'hex') as span_id, artifacts from spans
     where realm = $1 and artifacts is not null and (trace_id, span_id) in (
       select decode(t, 'hex'), decode(s, 'hex') from unnest($2::text[], $3::text[]) as wanted (t, s))
     order by rank`,
    [realm, ids.map((id) => id.traceId), ids.map((id) => id.spanId)],
  )
  // ordered by rank: of a span that was stored under two days, the higher version comes later and replaces
  const found = new Map(
    rows.map((row) => [spanKey({ traceId: row.trace_id, spanId: row.span_id }), row.artifacts]),
  )
  for (const { key, artifacts } of await loadLoggedReferences(db, realm, ids)) {
    const known = found.get(key) ?? []
    const more = artifacts.filter(({ id }) => !known.some((one) => one.id === id))
    found.set(key, [...known, ...more])
  }
  return found
}
