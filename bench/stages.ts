/**
 * `npx tsx bench/stages.ts [workload] [seconds]`: where a span's microseconds of this process go, stage by stage,
 * on the bodies of the benchmark. Processor time, so that others on the machine count less.
 */
import { gunzipSync } from 'node:zlib'
import { normalizeRequest } from '../src/normalize/index.ts'
import { decodeTraceProtobufParts } from '../src/otlp/index.ts'
import { createRedactor, redactSpan } from '../src/redact/index.ts'
import { BatchEncoder } from '../src/store/encode-batch.ts'
import { requestsOf, type Workload } from './workloads.ts'

const workload = (process.argv[2] ?? 'mixed') as Workload
const seconds = Number(process.argv[3] ?? 5)
const { bodies, spans } = requestsOf(workload, 0.1)
const perBody = spans / bodies.length
const redactor = createRedactor({ idKey: Buffer.alloc(32, 1), now: () => performance.now() })
const days = new Set([0, -1].map((day) => new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10)))

const stages = new Map<string, number>()
let runs = 0
function timed<T>(stage: string, work: () => T): T {
  const began = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(began)
  stages.set(stage, (stages.get(stage) ?? 0) + user + system)
  return result
}

/** Spans of a slice, as in the service. */
const SLICE_SPANS = 64

function once(body: Buffer): void {
  const bytes = timed('inflate', () => gunzipSync(body))
  const batch = new BatchEncoder({
    realm: 1,
    days,
    nowMs: Date.now(),
    redactionVersion: 1,
    erasuresKnown: 0n,
    // the same traces come again and again: nothing of them is to be known
    repeats: { again: () => false },
  })
  const parts = decodeTraceProtobufParts(bytes, SLICE_SPANS)
  for (;;) {
    const part = timed('decode', () => parts.next())
    if (part.done === true) break
    const { spans } = timed('normalize', () => normalizeRequest(part.value))
    const redacted = timed('redact', () => spans.map((span) => redactSpan(span, redactor).span))
    timed('encode rows', () => batch.add(redacted))
  }
  timed('encode rows', () => batch.finish()).spans.release()
}

for (const body of bodies) once(body)
for (const body of bodies) once(body)
stages.clear()
const end = performance.now() + seconds * 1000
while (performance.now() < end) {
  for (const body of bodies) once(body)
  runs += bodies.length
}
let sum = 0
for (const [stage, us] of stages) {
  const each = us / runs / perBody
  sum += each
  process.stdout.write(`${stage.padEnd(14)} ${each.toFixed(1).padStart(6)} µs/span\n`)
}
process.stdout.write(`${'sum'.padEnd(14)} ${sum.toFixed(1).padStart(6)} µs/span\n`)
