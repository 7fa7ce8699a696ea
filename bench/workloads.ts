import { gzipSync } from 'node:zlib'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { seeded } from './random.ts'
import { spans } from './spans.ts'

/** What is sent: requests, spans in each, and clients that send at a time. */
export const workloads = {
  /** A quarter model calls with content, the rest steps. */
  mixed: { requests: 96, spansEach: 512, llmShare: 0.27, clients: 8 },
  /** Steps alone: eight attributes each. */
  small: { requests: 120, spansEach: 512, llmShare: 0, clients: 8 },
  /** Many runners that flush often. */
  requests32: { requests: 1_400, spansEach: 32, llmShare: 0.27, clients: 64 },
} as const

export type Workload = keyof typeof workloads

export interface Requests {
  /** Gzipped protobuf. */
  bodies: Buffer[]
  spans: number
  /** Before compression. */
  bytes: number
  /** The same content in other traces, so that a service sees nothing twice. */
  renew(): void
}

/** The requests of a workload, by the SDK's own serializer; `share` of them for a short run. */
export function requestsOf(name: Workload, share: number): Requests {
  const { requests, ...each } = workloads[name]
  return requestsWith({ ...each, requests: Math.max(4, Math.round(requests * share)) }, name.length)
}

/** Requests of another kind. */
export function requestsWith(
  { requests, spansEach, llmShare }: { requests: number; spansEach: number; llmShare: number },
  seed: number,
): Requests {
  const random = seeded(seed)
  const made = Array.from({ length: requests }, () => {
    const batch = spans(random, spansEach, llmShare)
    const body = ProtobufTraceSerializer.serializeRequest(batch)
    if (body === undefined) throw new Error('the serializer gave nothing')
    const bytes = Buffer.from(body)
    return { bytes, traceIds: placesOf(bytes, new Set(batch.map((span) => span.spanContext().traceId))) }
  })
  let round = 0
  const result: Requests = {
    bodies: [],
    spans: made.length * spansEach,
    bytes: made.reduce((sum, { bytes }) => sum + bytes.length, 0),
    renew() {
      round++
      result.bodies = made.map(({ bytes, traceIds }) => {
        for (const at of traceIds) bytes.writeUInt16BE(round, at)
        return gzipSync(bytes, { level: 1 })
      })
    },
  }
  result.renew()
  return result
}

/** Where ids stand in a body. They are random, so nothing else looks like them. */
function placesOf(body: Buffer, ids: ReadonlySet<string>): number[] {
  const places: number[] = []
  for (const id of ids) {
    const bytes = Buffer.from(id, 'hex')
    for (let at = body.indexOf(bytes); at !== -1; at = body.indexOf(bytes, at + 1)) places.push(at)
  }
  return places
}
