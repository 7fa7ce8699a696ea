import { Type } from 'typebox'
import {
  ExplainReport,
  ExportLogsRequest,
  ExportMetricsRequest,
  ExportResponse,
  ExportTraceRequest,
} from '../schemas/otlp.ts'
import { binary, type Described } from './described.ts'

const PROTOBUF = 'application/x-protobuf'

const described = (signal: string, request: object, answer: object): Described => ({
  tag: 'ingest',
  headers: { 'content-encoding': 'gzip, deflate, or zstd where the service can; absent = as it is' },
  body: {
    'application/json': { schema: request },
    [PROTOBUF]: { schema: binary(`An OTLP \`Export${signal}ServiceRequest\` in protobuf`) },
  },
  answers: {
    200: {
      description:
        'Everything was taken but what the partial success refuses. In the encoding of the request.',
      content: {
        'application/json': { schema: answer },
        [PROTOBUF]: { schema: binary(`An OTLP \`Export${signal}ServiceResponse\` in protobuf`) },
      },
    },
  },
  refuses: [413, 415],
  refusedAs: 'status',
})

const traces = described('Trace', ExportTraceRequest, Type.Union([ExportResponse, ExplainReport]))

export const describedTraces: Described = {
  ...traces,
  summary: 'Store spans',
  description:
    'OTLP/HTTP. The answer comes after COMMIT; sending the same spans again changes nothing. Spans that cannot be stored are refused one by one in the partial success.',
  query: {
    explain: Type.Optional(
      Type.Literal('1', {
        description: 'a dry run: says what would become of each span, and stores nothing',
      }),
    ),
  },
}

export const describedLangfuse: Described = {
  ...describedTraces,
  summary: 'Store spans, at the path that Langfuse exporters know',
  basic: true,
}

export const describedLogs: Described = {
  ...described('Logs', ExportLogsRequest, ExportResponse),
  summary: 'Store log records that belong to spans',
  description: 'OTLP/HTTP. Events of the conventions for GenAI become content of their spans.',
}

export const describedMetrics: Described = {
  ...described('Metrics', ExportMetricsRequest, ExportResponse),
  summary: 'Takes metrics and keeps none',
  description: 'Distributions of OpenTelemetry send all signals to one address; the partial success says so.',
}
