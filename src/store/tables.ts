import type { ColumnType, Generated } from 'kysely'

/** int8 as PostgreSQL's driver gives it: a decimal string, exact. */
type Int8 = ColumnType<string, bigint | string | number, bigint | string | number>
type Timestamp = ColumnType<Date, Date | string, Date | string>
type Json = ColumnType<unknown, string | null, string | null>
/** JSON that the server does not look at: text as it comes, parsed by `readContents`. */
type JsonText = ColumnType<unknown, string | null, string | null>

export interface ExecutionsTable {
  realm: number
  execution_id: string
  fallback: boolean
  seq: Generated<string>
  workflow_id: string
  workflow_explicit: boolean
  status: string
  started_ns: Int8 | null
  ended_ns: Int8 | null
  name: string | null
  thread_id: string | null
  error_message: string | null
  span_count: number
  error_count: number
  llm_call_count: number
  input_tokens: Int8 | null
  output_tokens: Int8 | null
  total_tokens: Int8 | null
  cached_input_tokens: Int8 | null
  cache_write_input_tokens: Int8 | null
  reasoning_output_tokens: Int8 | null
  cost: string | null
  cost_source: string | null
  cost_unknown_calls: number
  counted_rows: Buffer | null
  logged_artifacts: boolean
  complete: boolean
  has_root: boolean
  notices: Json
  root_trace_id: Buffer | null
  root_span_id: Buffer | null
  first_span_at: Timestamp
  last_span_at: Timestamp
  version: Int8
}

export interface SpansTable {
  realm: number
  trace_id: Buffer
  span_id: Buffer
  day: string
  parent_span_id: Buffer | null
  rank: Buffer
  received_at: Timestamp
  redaction_version: number
  kind: number
  status: number
  otel_kind: number
  status_code: number
  flags: Int8
  start_ns: Int8
  end_ns: Int8 | null
  reported_duration_ns: Int8 | null
  name: string
  title: string | null
  execution_id: string | null
  workflow_id: string | null
  workflow_name: string | null
  service_name: string | null
  thread_id: string | null
  user_id: string | null
  node_id: string | null
  node_name: string | null
  node_kind: string | null
  model: string | null
  provider: string | null
  response_id: string | null
  finish_reason: string | null
  input_tokens: Int8 | null
  output_tokens: Int8 | null
  total_tokens: Int8 | null
  cached_input_tokens: Int8 | null
  cache_write_input_tokens: Int8 | null
  reasoning_output_tokens: Int8 | null
  tokens_aggregated: boolean
  cost: string | null
  cost_estimated: boolean | null
  cost_version: string | null
  error_type: string | null
  error_message: string | null
  status_message: string | null
  trace_state: string | null
  dropped_attributes: number
  dropped_events: number
  dropped_links: number
  event_count: number | null
  context: Buffer
  artifacts: Json
  notices: Json
  attributes: JsonText
  content: JsonText
  events: JsonText
  links: JsonText
}

/** The schema of migrations/, as kysely sees it. */
export interface Tables {
  realms: {
    id: Generated<number>
    workspace: string
    grant_patterns: string
    logged_artifacts: Generated<boolean>
  }
  contexts: { realm: number; hash: Buffer; body: Json }
  spans: SpansTable
  dirty_traces: {
    id: Generated<string>
    realm: number
    trace_id: Buffer
    execution_ids: string[]
    days: string[] | null
    marked_at: Generated<Date>
  }
  executions: ExecutionsTable
  execution_traces: {
    realm: number
    execution_id: string
    fallback: boolean
    trace_id: Buffer
    days: Generated<string[]>
  }
  erasures: {
    id: Generated<string>
    realm: number
    execution_id: string
    fallback: boolean
    trace_id: Buffer
    root_span_id: Buffer | null
    span_ids: Buffer
    erased_at: Generated<Date>
  }
  artifacts: {
    realm: number
    execution_id: string
    artifact_id: string
    workflow_id: string | null
    span_id: Buffer | null
    name: string | null
    media_type: string
    size: Int8
    sha256: Buffer
    stored_at: Generated<Date>
  }
  service_keys: { workspace: string; purpose: string; key: Buffer }
}
