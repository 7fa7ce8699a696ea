/**
 * The naive service that the ratios are against: what one writes first. protobufjs decodes, kysely inserts many
 * rows at once, and a repeated span is ignored. It understands nothing and redacts nothing.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import protobuf from 'protobufjs'

const root = new protobuf.Root()
root.resolvePath = (_origin, target) => resolve(import.meta.dirname, '../../proto', target)
root.loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto')
const requestType = root.lookupType('ExportTraceServiceRequest')

// biome-ignore lint/suspicious/noExplicitAny: a table of the baseline's own, without types
const db = new Kysely<any>({
  dialect: new PostgresDialect({
    pool: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 }),
  }),
})
await sql`create table if not exists spans (
  trace_id text not null, span_id text not null, parent_span_id text, name text not null, kind integer not null,
  start_time bigint not null, end_time bigint not null, status_code integer, attributes jsonb, events jsonb,
  resource jsonb, scope jsonb, received_at timestamptz not null default now(), primary key (trace_id, span_id))`.execute(
  db,
)
await sql`create index if not exists spans_start on spans (start_time)`.execute(db)

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
// biome-ignore lint/suspicious/noExplicitAny: a message as protobufjs gives it
type Message = any

function plainOf(value: Message): unknown {
  if (value?.arrayValue) return value.arrayValue.values.map(plainOf)
  if (value?.kvlistValue) return attributesOf(value.kvlistValue.values)
  return Object.values(value ?? {})[0] ?? null
}

function attributesOf(attributes: Message[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainOf(value)]))
}

/** Parameters of one statement are numbered with 16 bits, and node-postgres slows down well before. */
const rowsAtOnce = 500

async function store(body: Buffer): Promise<void> {
  const request: Message = requestType.toObject(requestType.decode(body), { longs: String, defaults: false })
  const rows: Record<string, unknown>[] = []
  for (const { resource, scopeSpans } of request.resourceSpans ?? []) {
    const resourceJson = JSON.stringify(attributesOf(resource?.attributes))
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans) {
        rows.push({
          trace_id: hex(span.traceId),
          span_id: hex(span.spanId),
          parent_span_id: span.parentSpanId?.length > 0 ? hex(span.parentSpanId) : null,
          name: span.name,
          kind: span.kind ?? 0,
          start_time: span.startTimeUnixNano,
          end_time: span.endTimeUnixNano,
          status_code: span.status?.code ?? 0,
          attributes: JSON.stringify(attributesOf(span.attributes)),
          events: JSON.stringify(span.events ?? []),
          resource: resourceJson,
          scope: JSON.stringify({ name: scope?.name, version: scope?.version }),
        })
      }
    }
  }
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.slice(from, from + rowsAtOnce)
    await db
      .insertInto('spans')
      .values(some)
      .onConflict((conflict) => conflict.columns(['trace_id', 'span_id']).doNothing())
      .execute()
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

const server = createServer((request, response) => {
  read(request)
    .then(store)
    .then(
      () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(),
      () => response.writeHead(503).end(),
    )
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` })
})
