import { createHash } from 'node:crypto'
import { limits } from '../../limits.ts'
import { inBatch } from './transaction.ts'
import { addTo, count, type Found, nothingFound, scrubOf, type Work } from './work.ts'

interface Key {
  realm: number
  execution_id: string
  artifact_id: string
}

interface Row extends Key {
  workflow_id: string | null
  name: string | null
  media_type: string
  size: string
  handle: Buffer
  gone: boolean
}

/** What a row and its bytes become; `bytes` null = they stay. */
interface Change extends Found {
  row: Row | null
  now: Omit<Row, 'realm' | 'handle' | 'gone' | 'size'> | null
  bytes: Buffer | null
}

/** Re-scrubs ids, names and texts of stale artifacts, one by one. */
export async function rescrubArtifacts(work: Work): Promise<void> {
  let after: Key = { realm: -1, execution_id: '', artifact_id: '' }
  for (;;) {
    const { rows } = await work.client.query<Key>(
      `select realm, execution_id, artifact_id from artifacts
       where redaction_version <> $1 and stored_at >= $2 and stored_at < $3 and realm = any($4)
         and (realm, execution_id, artifact_id) > ($5, $6, $7)
       order by realm, execution_id, artifact_id limit 1`,
      [
        work.version,
        work.since,
        work.until,
        [...work.scrubs.keys()],
        after.realm,
        after.execution_id,
        after.artifact_id,
      ],
    )
    const [key] = rows
    if (key === undefined) return
    const read = () => look(work, key)
    addTo(
      work.report,
      'artifacts',
      work.dryRun ? await read() : await inBatch(work.client, read, (one) => store(work, one)),
    )
    after = key
  }
}

async function look(work: Work, { realm, execution_id, artifact_id }: Key): Promise<Change> {
  const change: Change = { ...nothingFound(), row: null, now: null, bytes: null }
  const { rows } = await work.client.query<Row>(
    `select realm, execution_id, artifact_id, workflow_id, name, media_type, size, handle, gone_at is not null as gone
     from artifacts where realm = $1 and execution_id = $2 and artifact_id = $3`,
    [realm, execution_id, artifact_id],
  )
  const [row] = rows
  if (row === undefined) return change
  const scrub = scrubOf(work, realm)
  const id = <T extends string | null>(text: T) => (text === null ? text : scrub.id(text)) as T
  const workflow = await workflowOf(work, row)
  const named = row.name === null ? null : scrub.text(row.name, workflow)
  if (named !== null) count(change, named.counts)
  change.row = row
  change.now = {
    execution_id: id(row.execution_id),
    artifact_id: id(row.artifact_id),
    workflow_id: id(row.workflow_id),
    name: named?.text ?? null,
    media_type: scrub.text(row.media_type, workflow).text,
  }
  if (!row.gone && Number(row.size) <= limits.artifactRedactedBytes) {
    const before = await bytesOf(work, row)
    const { bytes, counts } = await scrub.bytes(before, row.media_type, workflow)
    count(change, counts)
    if (!bytes.equals(before)) change.bytes = bytes
  }
  const moved = Object.entries(change.now).some(([field, value]) => row[field as keyof Row] !== value)
  change.seen = 1
  change.changed = moved || change.bytes !== null ? 1 : 0
  return change
}

/** Whose policy counts: the workflow that the upload named, else its execution's. */
async function workflowOf({ client }: Work, row: Row): Promise<string | null> {
  if (row.workflow_id !== null) return row.workflow_id
  const { rows } = await client.query<{ workflow_id: string }>(
    'select workflow_id from executions where realm = $1 and execution_id = $2 order by fallback limit 1',
    [row.realm, row.execution_id],
  )
  return rows[0]?.workflow_id ?? null
}

async function bytesOf({ client }: Work, row: Row): Promise<Buffer> {
  const { rows } = await client.query<{ bytes: Buffer }>(
    `select bytes from artifact_chunks where realm = $1 and execution_id = $2 and handle = $3 order by position`,
    [row.realm, row.execution_id, row.handle],
  )
  return Buffer.concat(rows.map(({ bytes }) => bytes))
}

async function store(work: Work, { row, now, bytes }: Change): Promise<void> {
  if (row === null || now === null) return
  const { client, version } = work
  const chunks = [row.realm, row.execution_id, row.handle]
  if (bytes !== null) {
    await client.query(
      'delete from artifact_chunks where realm = $1 and execution_id = $2 and handle = $3',
      chunks,
    )
    for (let at = 0, position = 0; at < bytes.length; at += limits.artifactChunkBytes, position++) {
      await client.query(
        'insert into artifact_chunks (realm, execution_id, handle, position, bytes) values ($1, $2, $3, $4, $5)',
        [...chunks, position, bytes.subarray(at, at + limits.artifactChunkBytes)],
      )
    }
    await client.query(
      'update artifacts set size = $4, sha256 = $5 where realm = $1 and execution_id = $2 and handle = $3',
      [...chunks, bytes.length, createHash('sha256').update(bytes).digest()],
    )
  }
  if (now.execution_id !== row.execution_id) {
    await client.query(
      'update artifact_chunks set execution_id = $4 where realm = $1 and execution_id = $2 and handle = $3',
      [...chunks, now.execution_id],
    )
  }
  // who uploaded it again under the new rules has taken the new id: both stay
  const { rowCount: taken } = await client.query(
    `select from artifacts where realm = $1 and execution_id = $2 and artifact_id = $3 and handle <> $4`,
    [row.realm, now.execution_id, now.artifact_id, row.handle],
  )
  const artifactId =
    taken === 0 ? now.artifact_id : `${now.artifact_id}-${row.handle.toString('hex').slice(0, 8)}`
  await client.query(
    `update artifacts set execution_id = $4, artifact_id = $5, workflow_id = $6, name = $7, media_type = $8,
       redaction_version = $9 where realm = $1 and execution_id = $2 and handle = $3`,
    [...chunks, now.execution_id, artifactId, now.workflow_id, now.name, now.media_type, version],
  )
}
