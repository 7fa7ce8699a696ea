import { type RawBuilder, sql } from 'kysely'

/** An artifact whose bytes came: its row, without the bytes. */
export interface StoredArtifact {
  realm: number
  workspace: string
  executionId: string
  artifactId: string
  /** The one its upload named, else its execution's; null = no span named the execution yet. */
  workflowId: string | null
  /** 16 hex digits. */
  spanId: string | null
  name: string | null
  mediaType: string
  /** Bytes as stored. */
  size: number
  /** Lower-case hex, of the bytes as stored. */
  sha256: string
  /** Opaque: stands for realm, execution and artifact id wherever a client names the artifact. */
  downloadId: string
  /** The bytes were dropped; only this row stayed. */
  gone: boolean
}

/** A row as `artifactRows` selects it. */
export interface ArtifactRow {
  realm: number
  workspace: string
  execution_id: string
  artifact_id: string
  workflow_id: string | null
  span_id: Buffer | null
  name: string | null
  media_type: string
  size: string
  sha256: Buffer
  handle: Buffer
  gone: boolean
}

/** Whose artifact it is, as SQL: access hangs on it. */
export const artifactWorkflow: RawBuilder<string> = sql<string>`coalesce(a.workflow_id, e.workflow_id)`

/** Artifacts `a` of executions that were not erased, with the workflow of their execution `e`; add conditions with `and`. */
export const artifactRows = sql`
  select a.realm, r.workspace, a.execution_id, a.artifact_id, ${artifactWorkflow} as workflow_id, a.span_id, a.name,
    a.media_type, a.size, a.sha256, a.handle, a.gone_at is not null as gone
  from artifacts a
  join realms r on r.id = a.realm
  left join lateral (
    select workflow_id from executions where realm = a.realm and execution_id = a.execution_id
    order by fallback limit 1) e on true
  where not exists (
    select from erasures x where x.realm = a.realm and x.execution_id = a.execution_id)`

export function storedArtifact(row: ArtifactRow): StoredArtifact {
  return {
    realm: row.realm,
    workspace: row.workspace,
    executionId: row.execution_id,
    artifactId: row.artifact_id,
    workflowId: row.workflow_id,
    spanId: row.span_id?.toString('hex') ?? null,
    name: row.name,
    mediaType: row.media_type,
    size: Number(row.size),
    sha256: row.sha256.toString('hex'),
    downloadId: downloadIdOf(row.handle),
    gone: row.gone,
  }
}

const downloadIdOf = (handle: Buffer) => `art_${handle.toString('base64url')}`

/** The handle in a download id; null = it is none of ours. */
export function handleOf(id: string): Buffer | null {
  const [, text] = /^art_([\w-]{22})$/.exec(id) ?? []
  return text === undefined ? null : Buffer.from(text, 'base64url')
}
