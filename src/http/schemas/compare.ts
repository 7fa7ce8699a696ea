import { type Static, Type } from 'typebox'
import { Artifact, Cost, ExecutionStatus, Notice, Nullable, SpanState, Tokens } from './common.ts'

const Side = Type.Object({
  runs: Type.Integer(),
  errors: Type.Integer(),
  state: SpanState,
  duration_ms: Nullable(Type.Number({ description: 'wall time of all runs; null = one still runs' })),
  tokens: Tokens,
  cost: Cost,
  artifacts: Type.Integer({ description: 'how many' }),
})

export const Change = Type.Union([
  Type.Literal('added'),
  Type.Literal('removed'),
  Type.Literal('repeated'),
  Type.Literal('slower'),
  Type.Literal('faster'),
  Type.Literal('dearer'),
  Type.Literal('cheaper'),
  Type.Literal('status'),
  Type.Literal('prompt'),
  Type.Literal('artifact'),
])
export type Change = Static<typeof Change>

const Delta = Type.Object({
  delta: Type.Number({ description: 'b minus a' }),
  ratio: Nullable(Type.Number({ description: 'b divided by a; null where a is 0' })),
})

export const Prompt = Type.Object({
  call: Type.Integer({ description: 'which model call of the node, from 0' }),
  a_span_id: Type.String(),
  b_span_id: Type.String(),
  lines: Type.Optional(
    Type.Array(
      Type.Object({
        op: Type.Union([Type.Literal('same'), Type.Literal('removed'), Type.Literal('added')]),
        text: Type.String(),
      }),
      { description: 'only with content:read' },
    ),
  ),
  cut: Type.Optional(Type.Boolean({ description: 'there are more lines than these' })),
})
export type Prompt = Static<typeof Prompt>

const ComparedExecution = Type.Object({
  execution_id: Type.String(),
  workflow_id: Type.String(),
  status: ExecutionStatus,
  duration_ms: Nullable(Type.Number()),
  span_count: Type.Integer(),
  error_count: Type.Integer(),
  tokens: Tokens,
  cost: Cost,
  complete: Type.Boolean(),
})

/** `GET /api/executions/{a}/compare/{b}`. */
export const Comparison = Type.Object({
  a: ComparedExecution,
  b: ComparedExecution,
  nodes: Type.Array(
    Type.Object({
      node_id: Nullable(Type.String()),
      name: Type.String(),
      kind: Type.String(),
      depth: Type.Integer(),
      changes: Type.Array(Change, { description: 'empty = the same' }),
      a: Nullable(Side),
      b: Nullable(Side),
      duration: Nullable(Delta),
      tokens: Nullable(Delta),
      cost: Nullable(Delta),
      artifacts: Type.Array(
        Type.Object({
          change: Type.Union([Type.Literal('added'), Type.Literal('removed'), Type.Literal('changed')], {
            description: 'what became of the artifact from a to b',
          }),
          a: Nullable(Artifact),
          b: Nullable(Artifact),
        }),
        {
          description:
            'artifacts that only one side has by name, or whose content (sha256, else size) or media type differs',
        },
      ),
      prompts: Type.Array(Prompt, { description: 'model calls whose input messages differ' }),
    }),
  ),
  notices: Type.Array(Notice),
})
export type Comparison = Static<typeof Comparison>

/** `GET /api/workflows/{id}/stats`. */
const Durations = {
  p50_ms: Nullable(Type.Number()),
  p95_ms: Nullable(Type.Number()),
}
export const Stats = Type.Object({
  workflow_id: Type.String(),
  from: Type.String(),
  to: Type.String(),
  executions: Type.Object({
    total: Type.Integer({ description: 'executions that these numbers are made of' }),
    by_status: Type.Record(Type.String(), Type.Integer()),
    ...Durations,
    tokens: Tokens,
    cost: Cost,
  }),
  nodes: Type.Array(
    Type.Object({
      node_id: Type.String(),
      node_name: Nullable(Type.String()),
      node_kind: Nullable(Type.String()),
      runs: Type.Integer(),
      errors: Type.Integer(),
      ...Durations,
      tokens: Tokens,
      cost: Cost,
    }),
  ),
  sampled: Type.Object({
    executions: Type.Boolean({ description: 'true = only the newest executions of the window were counted' }),
    max_executions: Type.Integer(),
    node_executions: Type.Integer({ description: 'the newest executions, whose nodes were counted' }),
    max_node_spans: Type.Integer({ description: 'spans that their nodes were counted in, at most' }),
  }),
})
export type Stats = Static<typeof Stats>
