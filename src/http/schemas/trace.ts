import { type Static, Type } from 'typebox'
import {
  Artifact,
  Cost,
  DashboardLink,
  ExecutionStatus,
  Notice,
  Nullable,
  SpanKind,
  SpanState,
  Time,
  Tokens,
} from './common.ts'

const JsonObject = Type.Record(Type.String(), Type.Unknown())

export const SpanEvent = Type.Object({
  name: Type.String(),
  time: Nullable(Time),
  attributes: JsonObject,
})

export const SpanLink = Type.Object({
  trace_id: Type.String(),
  span_id: Type.String(),
  attributes: JsonObject,
})

/** The fields that every answer with whole spans has: Canvas's, then ours. */
const spanFields = {
  span_id: Type.String(),
  parent_span_id: Nullable(Type.String()),
  name: Type.String(),
  start_time: Time,
  end_time: Nullable(Time),
  attributes: JsonObject,
  events: Type.Array(SpanEvent),
  status: Type.Object({
    code: Type.Union([Type.Literal('OK'), Type.Literal('ERROR'), Type.Literal('UNSET')]),
    message: Nullable(Type.String()),
  }),
  links: Type.Array(SpanLink),
  kind: SpanKind,
  state: SpanState,
  duration_ms: Nullable(Type.Number()),
  execution_id: Type.String(),
  node_id: Nullable(Type.String()),
  node_name: Nullable(Type.String()),
  model: Nullable(Type.String()),
  provider: Nullable(Type.String()),
  tokens: Tokens,
  cost: Cost,
  artifacts: Type.Array(Artifact),
  notices: Type.Array(Notice),
}

export const CanvasSpan = Type.Object(spanFields)
export type CanvasSpan = Static<typeof CanvasSpan>

/** `GET /api/executions/{id}/trace`: what the real Canvas reads. */
export const CanvasTrace = Type.Object({
  execution: Type.Object({
    id: Type.String(),
    workflow_id: Type.String(),
    status: Type.Union([ExecutionStatus, Type.Literal('pending')]),
    thread_id: Nullable(Type.String()),
    started_at: Nullable(Time),
    finished_at: Nullable(Time),
    trace_id: Type.String(),
    token_usage: Type.Optional(Type.Object({ input: Type.Number(), output: Type.Number() })),
  }),
  spans: Type.Array(CanvasSpan),
  page_info: Type.Object({ has_next_page: Type.Boolean(), cursor: Nullable(Type.String()) }),
})
export type CanvasTrace = Static<typeof CanvasTrace>

/** `GET /api/executions/{id}/trace/spans/{span}/state`: what a later Canvas reads of the span that is looked at. */
export const CanvasState = Type.Object({
  span_id: Type.String(),
  before: JsonObject,
  after: JsonObject,
  redacted: Type.Boolean({ description: 'something was taken out, or may not be seen with this token' }),
  truncated: Type.Boolean(),
})
export type CanvasState = Static<typeof CanvasState>

/**
 * Structure of a page of spans in depth-first order (start, trace id, span id): arrays of equal length, one
 * entry a row. A row's parent is the nearest row above it of a smaller depth; a row of depth 0 whose
 * `missing_parent` is set waits for a parent that has not come.
 */
export const SkeletonColumns = Type.Object({
  span_id: Type.Array(Type.String()),
  parent_span_id: Type.Array(Nullable(Type.String())),
  trace: Type.Array(Type.Integer({ description: 'index into execution.trace_ids' })),
  depth: Type.Array(Type.Integer()),
  /** Descendants in the whole trace, not only in this page. */
  descendants: Type.Array(Type.Integer()),
  /** The span's name as sent. */
  name: Type.Array(Type.String()),
  /** What to call the row where that is not the name: a node's display name, `GET host/path`; else null. */
  title: Type.Array(Nullable(Type.String())),
  kind: Type.Array(SpanKind),
  state: Type.Array(SpanState),
  /** Milliseconds from `execution.started_at`, corrected for display. */
  offset_ms: Type.Array(Type.Number()),
  /** null = running. */
  duration_ms: Type.Array(Nullable(Type.Number())),
  node_id: Type.Array(Nullable(Type.String())),
  model: Type.Array(Nullable(Type.String())),
  input_tokens: Type.Array(Nullable(Type.Integer())),
  output_tokens: Type.Array(Nullable(Type.Integer())),
  cost: Type.Array(Nullable(Type.String())),
  counted: Type.Array(Type.Boolean(), {
    description:
      "the totals are the sum of these rows' tokens and cost: what others repeat is not counted twice",
  }),
  artifacts: Type.Array(Type.Integer({ description: 'how many' })),
  /** Codes of the row's notices; null = none. */
  notices: Type.Array(Nullable(Type.Array(Type.String()))),
  event_count: Type.Array(Type.Integer(), { description: 'events of each span itself' }),
  missing_parent: Type.Array(Nullable(Type.String())),
  /** The row is the root of another execution, whose id this is ('' = one that the reader may not see). */
  sub_execution: Type.Array(Nullable(Type.String())),
  /** With `kind`, `status` or `q`: true = the row matches, false = it leads to one that does. */
  match: Type.Optional(Type.Array(Type.Boolean())),
})
export type SkeletonColumns = Static<typeof SkeletonColumns>

export const Skeleton = Type.Object({
  execution: Type.Object({
    execution_id: Type.String(),
    workflow_id: Type.String(),
    status: ExecutionStatus,
    thread_id: Nullable(Type.String()),
    started_at: Nullable(Time),
    finished_at: Nullable(Time),
    duration_ms: Nullable(Type.Number()),
    trace_ids: Type.Array(Type.String()),
    complete: Type.Boolean(),
    tree_version: Type.String({ description: 'changes when rows were added or their order changed' }),
    stream_from: Type.String({
      description: 'hand it to the stream as `?since=`: nothing is lost in between',
    }),
  }),
  total: Type.Integer({ description: 'rows of the whole answer, over all pages' }),
  columns: SkeletonColumns,
  around: Type.Optional(
    Type.Object({
      row: Type.Integer({ description: 'the place of the span in the whole tree, from 0' }),
      index: Type.Integer({ description: 'its place in this answer' }),
      cursor: Nullable(
        Type.String({ description: 'of the unfiltered page that begins at it; null = the first' }),
      ),
    }),
  ),
  notices: Type.Optional(Type.Array(Notice, { description: 'what is to be known of this answer' })),
  page_info: Type.Object({ has_next_page: Type.Boolean(), cursor: Nullable(Type.String()) }),
})
export type Skeleton = Static<typeof Skeleton>

export const MessagePart = Type.Unsafe<import('../../model/message.ts').MessagePart>(
  Type.Object({ type: Type.String() }, { additionalProperties: true }),
)
export const Message = Type.Object({
  role: Type.String(),
  name: Type.Optional(Type.String()),
  parts: Type.Array(MessagePart),
  finish_reason: Type.Optional(Type.String()),
  new: Type.Optional(
    Type.Boolean({
      description: 'of the input of a model call: not part of the call that this one goes on from',
    }),
  ),
})
export const Content = Type.Object({
  messages: Type.Array(Message),
  value: Type.Unknown({ description: 'the raw value: JSON where it was JSON, else text; null = none' }),
  /** Why there is nothing to see: the reader lacks content:read, or the policy keeps no content. */
  hidden: Type.Optional(Type.String()),
})

/** `GET /api/executions/{id}/spans/{span_id}`. */
export const SpanDetail = Type.Object({
  ...spanFields,
  trace_id: Type.String(),
  otel_kind: Type.String(),
  node_kind: Nullable(Type.String()),
  finish_reason: Nullable(Type.String()),
  token_sources: Type.Object(
    {
      input: Nullable(Type.String()),
      output: Nullable(Type.String()),
      total: Nullable(Type.String()),
      cached_input: Nullable(Type.String()),
      cache_write_input: Nullable(Type.String()),
      reasoning_output: Nullable(Type.String()),
    },
    { description: 'the attribute that gave each number; null where there is no number' },
  ),
  error: Nullable(
    Type.Object({
      type: Nullable(Type.String()),
      message: Nullable(Type.String()),
      stack: Nullable(Type.String()),
    }),
  ),
  input: Content,
  output: Content,
  tools: Type.Array(Type.Unknown(), {
    description:
      'what a model was offered: its tool definitions as sent, JSON parsed; empty without content:read',
  }),
  resource: Type.Object({ attributes: JsonObject, schema_url: Type.String() }),
  scope: Type.Object({
    name: Type.String(),
    version: Type.String(),
    attributes: JsonObject,
    schema_url: Type.String(),
  }),
  dashboards: Type.Array(DashboardLink),
  may_reveal: Type.Boolean({
    description: 'the reader may see it unmasked, with a reason: POST …/reveal',
  }),
})
export type SpanDetail = Static<typeof SpanDetail>

const Usage = {
  calls: Type.Integer(),
  errors: Type.Integer(),
  tokens: Tokens,
  cost: Cost,
  /** Wall time: the sum over the spans. */
  duration_ms: Type.Number(),
}

const ByModel = Type.Array(
  Type.Object({ model: Nullable(Type.String()), provider: Nullable(Type.String()), ...Usage }),
)

/** `GET /api/executions/{id}/spans/{span_id}/usage`. */
export const SubtreeUsage = Type.Object({
  span_count: Type.Integer(),
  error_count: Type.Integer(),
  llm_call_count: Type.Integer(),
  tokens: Tokens,
  cost: Cost,
  aggregated: Type.Boolean({
    description:
      'no call of a model is below: the numbers are what the outermost spans with a report say of themselves',
  }),
  by_model: ByModel,
})
export type SubtreeUsage = Static<typeof SubtreeUsage>

const TimedSpan = Type.Object({
  span_id: Type.String(),
  trace: Type.Integer({ description: 'index into trace_ids' }),
  name: Type.String(),
  kind: SpanKind,
  node_id: Nullable(Type.String()),
  self_ms: Type.Number({ description: 'time that none of its children covers' }),
  duration_ms: Nullable(Type.Number({ description: 'null = running' })),
})

/** `GET /api/executions/{id}/trace/summary`. */
export const Summary = Type.Object({
  execution_id: Type.String(),
  workflow_id: Type.String(),
  status: ExecutionStatus,
  started_at: Nullable(Time),
  finished_at: Nullable(Time),
  duration_ms: Nullable(Type.Number()),
  span_count: Type.Integer(),
  error_count: Type.Integer(),
  llm_call_count: Type.Integer(),
  trace_ids: Type.Array(Type.String()),
  thread_id: Nullable(Type.String()),
  complete: Type.Boolean(),
  tokens: Tokens,
  cost: Cost,
  by_model: ByModel,
  by_node: Type.Array(
    Type.Object({
      node_id: Type.String(),
      node_name: Nullable(Type.String()),
      node_kind: Nullable(Type.String()),
      ...Usage,
    }),
  ),
  critical_path: Type.Object(
    {
      spans: Type.Array(TimedSpan, { description: 'in tree order; the longest when there are many' }),
      steps: Type.Integer({ description: 'spans of the whole path' }),
    },
    {
      description:
        'what the end waited for, assuming that parents wait for their children: backwards from the end of the root that ended last, the child that ended last; self_ms is the time on this path alone',
    },
  ),
  slowest: Type.Array(TimedSpan, {
    description: 'the spans with the most time of their own, the longest first',
  }),
  usage_over_time: Type.Object({
    bucket_ms: Type.Number(),
    buckets: Type.Array(
      Type.Object({ start: Time, calls: Type.Integer(), errors: Type.Integer(), tokens: Tokens, cost: Cost }),
      { description: 'at most 60; a call counts where it ended' },
    ),
  }),
  including_children: Type.Optional(
    Type.Object(
      { span_count: Type.Integer(), tokens: Tokens, cost: Cost },
      { description: 'with the executions that begin in this one, when the reader may see all of them' },
    ),
  ),
  notices: Type.Array(Notice),
  links: Type.Array(DashboardLink),
  artifacts: Type.Array(Artifact),
})
export type Summary = Static<typeof Summary>
