import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type GrpcServer, startGrpc } from '../../src/grpc/index.ts'
import { Ingest } from '../../src/ingest/index.ts'
import { realService } from '../http/real-service.ts'
import { token } from '../http/service.ts'

const claims = { scope: 'traces:write traces:read content:read' }

// biome-ignore lint/suspicious/noExplicitAny: the tests assert on every field that they read
export type Row = any

/** An execution as the API tells it. */
export interface Told {
  summary: Row
  /** Canvas's rows. */
  rows: Row[]
  /** Whole spans of a kind, by their start. */
  of: (kind: string) => Row[]
  /** The kinds of a span's ancestors, the root's first. */
  path: (span: Row) => string[]
}

/** What emitters need to find the service. */
export interface Address {
  url: string
  token: string
}

/** A service that emitters of other processes export to, and what it says of their executions. */
export async function emitters(t: { teardown(clean: () => Promise<unknown>): void }) {
  const service = await realService(t)
  await service.app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(service.app.server.address() as AddressInfo).port}`
  const get = async (path: string): Promise<Row> => (await service.as(claims, 'GET', path)).json

  async function told(execution: string): Promise<Told> {
    const at = `/api/executions/${encodeURIComponent(execution)}`
    const { spans } = await get(`${at}/trace`)
    const rows = spans as Row[]
    const details: Row[] = await Promise.all(rows.map((row) => get(`${at}/spans/${row.span_id}`)))
    const path = (span: Row): string[] => {
      const parent = details.find((row) => row.span_id === span.parent_span_id)
      return parent === undefined ? [] : [...path(parent), parent.kind]
    }
    return {
      summary: await get(`${at}/trace/summary`),
      rows,
      of: (kind) =>
        details.filter((span) => span.kind === kind).sort((a, b) => (a.start_time < b.start_time ? -1 : 1)),
      path,
    }
  }

  /** Runs an emitter in a process of its own: its hooks stay there. */
  async function run(name: string): Promise<void> {
    const file = fileURLToPath(new URL(`emit/${name}.ts`, import.meta.url))
    const child = spawn(process.execPath, ['--import=tsx', file], {
      env: { PATH: process.env.PATH, SERVICE_URL: url, SERVICE_TOKEN: token(claims), EXECUTION_ID: name },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
    })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`the emitter ended with ${code}: ${said}`)
  }

  /** The same service by gRPC. */
  async function grpc(): Promise<GrpcServer> {
    const { app, parts } = service
    const { log, metrics } = parts
    const principalOf = app.principalOf.bind(app)
    const { maxBodyBytes } = parts.config
    const walk = new Ingest(parts)
    const server = await startGrpc({ walk, log, metrics, maxBodyBytes, principalOf }, '127.0.0.1', 0)
    t.teardown(async () => {
      await server.close(1_000)
      walk.close()
    })
    return server
  }

  return {
    address: { url, token: token(claims) } as Address,
    grpc,
    get,
    told,
    run,
    /** Runs an emitter, and reads the execution of its name. */
    async emitted(name: string): Promise<Told> {
      await run(name)
      return told(name)
    },
  }
}
