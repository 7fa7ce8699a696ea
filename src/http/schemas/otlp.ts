import { Type } from 'typebox'

const JsonObject = Type.Record(Type.String(), Type.Unknown())

/** What an export is refused with, in JSON. */
export const RpcStatus = Type.Object(
  {
    code: Type.Integer({
      description: 'a `google.rpc.Code`, such as 3 (invalid argument) or 14 (unavailable)',
    }),
    message: Type.String({ description: 'English, for developers' }),
  },
  { description: '`google.rpc.Status`, as OTLP has it for everything that is not a success' },
)

/** The answer to an export that was taken, in JSON. */
export const ExportResponse = Type.Object(
  {
    partialSuccess: Type.Optional(
      Type.Object(
        {
          rejectedSpans: Type.Optional(Type.String({ description: 'int64: how many spans were refused' })),
          rejectedLogRecords: Type.Optional(
            Type.String({ description: 'int64: how many log records were refused' }),
          ),
          rejectedDataPoints: Type.Optional(
            Type.String({ description: 'int64: how many data points were refused' }),
          ),
          errorMessage: Type.Optional(Type.String({ description: 'why; with nothing refused, a warning' })),
        },
        { description: 'absent = everything was taken' },
      ),
    ),
  },
  { description: 'An `Export…ServiceResponse`. It is sent after COMMIT: what it does not refuse is stored.' },
)

export const ExportTraceRequest = Type.Object(
  {
    resourceSpans: Type.Optional(
      Type.Array(JsonObject, { description: '`ResourceSpans`, as OTLP has them' }),
    ),
    resourceLogs: Type.Optional(
      Type.Array(JsonObject, {
        description:
          'in an export of ours: log records of the spans, for /v1/logs; ignored on import as any unknown field',
      }),
    ),
  },
  { description: 'An OTLP/JSON `ExportTraceServiceRequest`', additionalProperties: true },
)

export const ExportLogsRequest = Type.Object(
  {
    resourceLogs: Type.Optional(Type.Array(JsonObject, { description: '`ResourceLogs`, as OTLP has them' })),
  },
  { description: 'An OTLP/JSON `ExportLogsServiceRequest`', additionalProperties: true },
)

export const ExportMetricsRequest = Type.Object(
  {},
  { description: 'An OTLP/JSON `ExportMetricsServiceRequest`; it is not read', additionalProperties: true },
)

/** `POST /v1/traces?explain=1`. */
export const ExplainReport = Type.Object(
  {
    spans_received: Type.Integer({ description: 'spans of the request' }),
    spans_stored: Type.Integer({ description: 'spans that would be stored' }),
    refused: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      description: 'how many spans would be refused, by reason',
    }),
    message: Type.String({ description: 'what the exporter would be told; empty = full success' }),
    spans: Type.Array(
      Type.Object({
        trace_id: Type.String(),
        span_id: Type.String(),
        stored: Type.Boolean({ description: 'whether it would be stored' }),
        refused: Type.Union([Type.String(), Type.Null()], { description: 'the reason; null = stored' }),
        kind: Type.Union([Type.String(), Type.Null()]),
        kind_from: Type.String({ description: 'the attribute or rule that gave the kind' }),
        families: Type.Array(Type.String(), { description: 'conventions that were recognized' }),
        fields: Type.Array(
          Type.Object({
            field: Type.String({ description: 'a field of our span' }),
            from: Type.String({ description: 'the attribute that feeds it' }),
          }),
          { description: 'which attribute feeds which field' },
        ),
        structure: Type.Array(Type.String(), { description: 'keys that would be stored as attributes' }),
        content: Type.Array(Type.String(), { description: 'keys that would be stored as content' }),
        redacted: Type.Record(Type.String(), Type.Integer(), {
          description: 'how often each rule would remove something',
        }),
        notices: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
          description: 'what a reader would be told',
        }),
      }),
      { description: 'span by span; keys, rules and reasons, never values' },
    ),
    spans_not_listed: Type.Integer({ description: 'spans beyond those in the list' }),
  },
  { description: 'A dry run of an export: nothing is stored' },
)
