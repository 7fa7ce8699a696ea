import { type Static, type TSchema, Type } from 'typebox'

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** RFC 3339 in UTC with nanoseconds where known: `2026-11-22T10:00:00.123456789Z`. */
export const Time = Type.String({ description: 'RFC 3339, UTC, with nanoseconds where known' })

/** Tokens as reported; null = unknown, which is not 0. */
export const Tokens = Type.Object(
  {
    input: Nullable(Type.Integer()),
    output: Nullable(Type.Integer()),
    total: Nullable(Type.Integer()),
    cached_input: Nullable(Type.Integer({ description: 'part of input' })),
    cache_write_input: Nullable(Type.Integer({ description: 'part of input' })),
    reasoning_output: Nullable(Type.Integer({ description: 'part of output' })),
  },
  { description: 'null = unknown, which is not 0' },
)
export type Tokens = Static<typeof Tokens>

export const Cost = Type.Object({
  amount: Nullable(Type.String({ description: 'decimal string; null = unknown' })),
  currency: Type.Literal('USD'),
  source: Nullable(Type.Union([Type.Literal('reported'), Type.Literal('estimated'), Type.Literal('mixed')])),
  unknown_calls: Type.Integer({ description: 'model calls whose price is not known' }),
  price_version: Type.Optional(
    Type.String({ description: 'of an estimated span: the price data it comes from' }),
  ),
})
export type Cost = Static<typeof Cost>

export const Notice = Type.Object({
  code: Type.String(),
  message: Type.String(),
  count: Type.Optional(Type.Integer()),
})
export type Notice = Static<typeof Notice>

export const Artifact = Type.Object({
  id: Type.String(),
  name: Nullable(Type.String()),
  media_type: Nullable(Type.String()),
  size: Nullable(Type.Integer({ description: 'bytes; of what is stored, where it is stored' })),
  sha256: Nullable(
    Type.String({
      description:
        'hex; of what is stored (text after redaction), where it is stored. Only with artifacts:read, or content:read where no bytes are stored: whoever guesses them would find it confirmed',
    }),
  ),
  span_id: Nullable(Type.String()),
  download_id: Nullable(
    Type.String({ description: 'opaque; null when there are no bytes, or the token lacks artifacts:read' }),
  ),
  state: Type.Union([Type.Literal('stored'), Type.Literal('reference'), Type.Literal('gone')]),
})
export type Artifact = Static<typeof Artifact>

/** `POST /api/artifacts/{id}/link`. */
export const ArtifactLink = Type.Object({
  url: Type.String({ description: 'a path of this service; opens the bytes without a token' }),
  expires_at: Type.String({ description: 'RFC 3339' }),
})

/** A link to an external dashboard, filled in. Always https. */
export const DashboardLink = Type.Object({ name: Type.String(), url: Type.String() })
export type DashboardLink = Static<typeof DashboardLink>

export const ExecutionStatus = Type.Union([
  Type.Literal('running'),
  Type.Literal('interrupted'),
  Type.Literal('completed'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
])
export type ExecutionStatus = Static<typeof ExecutionStatus>

export const SpanKind = Type.Union([
  Type.Literal('internal'),
  Type.Literal('workflow'),
  Type.Literal('node'),
  Type.Literal('agent'),
  Type.Literal('llm'),
  Type.Literal('tool'),
  Type.Literal('retriever'),
  Type.Literal('embedding'),
  Type.Literal('reranker'),
  Type.Literal('guardrail'),
  Type.Literal('downstream'),
])

export const SpanState = Type.Union([
  Type.Literal('running'),
  Type.Literal('ok'),
  Type.Literal('error'),
  Type.Literal('cancelled'),
  Type.Literal('interrupted'),
])
export type SpanState = Static<typeof SpanState>

/** RFC 9457, with `detail` always there (Canvas reads it). */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String({ description: 'stable, from the catalogue of errors' }),
})
export type Problem = Static<typeof Problem>
