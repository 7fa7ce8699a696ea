import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { traceResponseType } from '../otlp/reference.ts'

const asIs = (bytes: Buffer): Buffer => bytes
const tracePath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'

interface Test {
  teardown(clean: () => void): void
}

/** An answer: the response's bytes, or the error with its code and trailers. */
export interface Answer {
  bytes: Buffer | null
  error: ServiceError | null
}

/** A client that sends bytes: what exporters do, without their retries. */
export function grpcClient(t: Test, url: string, options: object = {}) {
  const client = new Client(url.replace('http://', ''), credentials.createInsecure(), {
    // a client must not hide what the server refuses
    'grpc.enable_retries': 0,
    'grpc.max_send_message_length': -1,
    ...options,
  })
  t.teardown(() => client.close())
  return (body: Buffer, headers: Record<string, string>, path = tracePath): Promise<Answer> => {
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
    return new Promise((resolve) => {
      client.makeUnaryRequest(path, asIs, asIs, body, metadata, (error, bytes) =>
        resolve({ error, bytes: bytes ?? null }),
      )
    })
  }
}

/** The partial success of an answer; {} = full. */
export function partialOf({ bytes }: Answer): { rejectedSpans?: string; errorMessage?: string } {
  if (bytes === null) throw new Error('no answer')
  return traceResponseType.toObject(traceResponseType.decode(bytes), { longs: String }).partialSuccess ?? {}
}
