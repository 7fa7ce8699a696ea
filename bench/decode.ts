/**
 * How fast requests are decoded: ours against protobufjs's static-like reflection classes, in one interleaved run.
 * `npx tsx bench/decode.ts [seconds for each reader]`. The batch is the captured Orcheo exports, repeated.
 */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import protobuf from 'protobufjs'
import { decodeTraceRequest, encodeTraceRequestJson } from '../src/otlp/index.ts'

const seconds = Number(process.argv[2] ?? 2)
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../test/fixtures/otlp/${name}.pb`, import.meta.url))

// Repeated fields of a protobuf message concatenate: a batch is its parts one after the other.
const parts = ['orcheo-1', 'orcheo-2', 'orcheo-3'].map(fixture)
const batch = Buffer.concat(Array.from({ length: 40 }, () => parts).flat())
const request = decodeTraceRequest(batch, 'protobuf')
const json = Buffer.from(encodeTraceRequestJson(request))
const spans = request.resourceSpans
  .flatMap(({ scopeSpans }) => scopeSpans)
  .reduce((sum, { spans }) => sum + spans.length, 0)

const root = new protobuf.Root()
root.resolvePath = (_origin, target) => resolve(import.meta.dirname, '../proto', target)
root.loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto')
const type = root.lookupType('ExportTraceServiceRequest')

const readers: { name: string; bytes: number; read: () => unknown; runs: number; ms: number }[] = [
  {
    name: 'ours, protobuf',
    bytes: batch.length,
    read: () => decodeTraceRequest(batch, 'protobuf'),
    runs: 0,
    ms: 0,
  },
  { name: 'protobufjs decode', bytes: batch.length, read: () => type.decode(batch), runs: 0, ms: 0 },
  {
    name: 'protobufjs decode + toObject',
    bytes: batch.length,
    read: () => type.toObject(type.decode(batch), { longs: String }),
    runs: 0,
    ms: 0,
  },
  { name: 'ours, JSON', bytes: json.length, read: () => decodeTraceRequest(json, 'json'), runs: 0, ms: 0 },
  { name: 'JSON.parse alone', bytes: json.length, read: () => JSON.parse(json.toString()), runs: 0, ms: 0 },
]

for (const { read } of readers) for (let i = 0; i < 20; i++) read()
const end = performance.now() + seconds * 1000 * readers.length
while (performance.now() < end) {
  for (const reader of readers) {
    const started = performance.now()
    reader.read()
    reader.ms += performance.now() - started
    reader.runs++
  }
}

process.stdout.write(`${spans} spans, ${batch.length} bytes protobuf, ${json.length} bytes JSON\n`)
process.stdout.write(`Node ${process.version}, ${cpus()[0]?.model}\n`)
for (const { name, bytes, runs, ms } of readers) {
  const rate = (bytes * runs) / ms / 1000
  const perSpan = (ms * 1000) / (runs * spans)
  process.stdout.write(
    `${name.padEnd(30)} ${rate.toFixed(0).padStart(6)} MB/s ${perSpan.toFixed(2).padStart(8)} µs/span\n`,
  )
}
