import type { MethodDefinition } from '@grpc/grpc-js'

/** Messages stay bytes: the walk reads them as it reads HTTP's, and answers are encoded by otlp/. */
const asIs = (bytes: Buffer): Buffer => bytes

function exportMethod(service: string): { Export: MethodDefinition<Buffer, Buffer> } {
  return {
    Export: {
      path: `/opentelemetry.proto.collector.${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  }
}

/** OTLP's services, by hand: each has one unary method. */
export const traceService = exportMethod('trace.v1.TraceService')
export const logsService = exportMethod('logs.v1.LogsService')
export const metricsService = exportMethod('metrics.v1.MetricsService')
