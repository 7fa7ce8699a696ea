import { createHash, randomBytes } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { ArtifactConflict, Erased } from '../errors.ts'

/** Milliseconds that an upload's transaction may wait for the client's next chunk. */
const CHUNK_WAIT_MS = 60_000

/** What an upload says of its bytes, with the realm it writes to. */
export interface ArtifactUpload {
  realm: number
  executionId: string
  artifactId: string
  /** null = it follows its execution. */
  workflowId: string | null
  /** 16 hex digits. */
  spanId: string | null
  name: string | null
  mediaType: string
}

/**
 * Writes the chunks as they come and the artifact last, in one transaction: whoever stops in between leaves
 * nothing. A connection is taken when the first chunk is there, not while it is waited for. Resolves with true after
 * COMMIT, with false when the same bytes are stored already (then nothing was written).
 *
 * Rejects with `ArtifactConflict` when other bytes are stored, `Erased`, what the driver throws, and what `chunks` throws.
 */
export async function writeArtifact(
  pool: Pool,
  upload: ArtifactUpload,
  chunks: AsyncIterable<Buffer>,
  redactionVersion: number,
): Promise<boolean> {
  const known = await storedDigest(pool, upload)
  if (known !== null) {
    const hash = createHash('sha256')
    for await (const chunk of chunks) hash.update(chunk)
    if (!hash.digest().equals(known)) throw new ArtifactConflict()
    return false
  }
  return insertArtifact(pool, upload, chunks, redactionVersion)
}

async function insertArtifact(
  pool: Pool,
  upload: ArtifactUpload,
  chunks: AsyncIterable<Buffer>,
  redactionVersion: number,
): Promise<boolean> {
  const handle = randomBytes(16)
  const hash = createHash('sha256')
  let size = 0
  let position = 0
  let client: PoolClient | null = null
  let broken: Error | undefined
  try {
    for await (const chunk of chunks) {
      client ??= await begin(pool)
      hash.update(chunk)
      size += chunk.length
      await client.query(
        'insert into artifact_chunks (realm, execution_id, handle, position, bytes) values ($1, $2, $3, $4, $5)',
        [upload.realm, upload.executionId, handle, position++, chunk],
      )
    }
    client ??= await begin(pool)
    const sha256 = hash.digest()
    if (await insertRow(client, upload, { handle, size, sha256, redactionVersion })) {
      await client.query('commit')
      return true
    }
    // somebody was faster, or the execution was erased meanwhile
    await client.query('rollback')
    const known = await storedDigest(client, upload)
    if (known === null) throw new Erased()
    if (!known.equals(sha256)) throw new ArtifactConflict()
    return false
  } catch (error) {
    await client?.query('rollback').catch((failure) => {
      broken = failure as Error
    })
    throw error
  } finally {
    client?.release(broken)
  }
}

async function begin(pool: Pool): Promise<PoolClient> {
  const client = await pool.connect()
  try {
    await client.query(`begin; set local idle_in_transaction_session_timeout = ${CHUNK_WAIT_MS}`)
    return client
  } catch (error) {
    client.release(error as Error)
    throw error
  }
}

/** What is known once the bytes are there. */
interface StoredBytes {
  handle: Buffer
  size: number
  sha256: Buffer
  redactionVersion: number
}

/** False = nothing was inserted: the id is taken, or its execution erased. */
async function insertRow(
  client: PoolClient,
  upload: ArtifactUpload,
  { handle, size, sha256, redactionVersion }: StoredBytes,
): Promise<boolean> {
  const { realm, executionId, artifactId, workflowId, spanId, name, mediaType } = upload
  const { rowCount } = await client.query(
    `insert into artifacts
       (realm, execution_id, artifact_id, workflow_id, span_id, name, media_type, size, sha256, handle,
        redaction_version)
     select $1::integer, $2::text, $3, $4, $5, $6, $7, $8, $9, $10, $11
     where not exists (select from erasures where realm = $1 and execution_id = $2)
     on conflict (realm, execution_id, artifact_id) do nothing`,
    [
      realm,
      executionId,
      artifactId,
      workflowId,
      spanId === null ? null : Buffer.from(spanId, 'hex'),
      name,
      mediaType,
      size,
      sha256,
      handle,
      redactionVersion,
    ],
  )
  return rowCount === 1
}

async function storedDigest(db: Pool | PoolClient, upload: ArtifactUpload): Promise<Buffer | null> {
  const { rows } = await db.query<{ sha256: Buffer }>(
    'select sha256 from artifacts where realm = $1 and execution_id = $2 and artifact_id = $3',
    [upload.realm, upload.executionId, upload.artifactId],
  )
  return rows[0]?.sha256 ?? null
}
