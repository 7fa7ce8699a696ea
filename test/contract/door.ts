import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { testDatabase } from '../helpers/database.ts'
import { realService } from '../http/real-service.ts'
import { bearer, secret } from '../http/service.ts'

/** The two ways into the same service: the suite must hold through both. */
export interface Door {
  /** An OTLP export; claims over those of a writer and reader of everything. */
  send(body: Buffer | string, claims?: object): Promise<Answer>
  get(path: string, claims?: object): Promise<Answer>
}

export interface Answer {
  status: number
  headers: Record<string, string>
  /** Parsed where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the suite asserts on every field that it reads
  body: any
}

interface Test {
  teardown(clean: () => Promise<unknown>): void
}

/** What the suite's doors claim where it says nothing else. */
const everything = { scope: 'traces:write traces:read content:read' }

const contentType = (body: Buffer | string) =>
  typeof body === 'string' || body[0] === 0x7b ? 'application/json' : 'application/x-protobuf'

const parsed = (type: string, text: string) => (/json/.test(type) && text !== '' ? JSON.parse(text) : text)

/** The app in this process, without a socket. */
export async function inProcess(t: Test): Promise<Door> {
  const service = await realService(t)
  const answer = async (asked: ReturnType<typeof service.as>): Promise<Answer> => {
    const { status, headers, text } = await asked
    return { status, headers, body: parsed(headers['content-type'] ?? '', text) }
  }
  return {
    send: (body, claims) =>
      answer(
        service.as({ ...everything, ...claims }, 'POST', '/v1/traces', body, {
          'content-type': contentType(body),
        }),
      ),
    get: (path, claims) => answer(service.as({ ...everything, ...claims }, 'GET', path)),
  }
}

/** The built service as a process of its own, on a database of the test's own; its URL. */
export async function wireService(t: Test): Promise<string> {
  const database = await testDatabase(t)
  const dataDir = mkdtempSync(join(tmpdir(), 'trace-wire-'))
  const service = spawn(
    process.execPath,
    [fileURLToPath(new URL('../../dist/cli.js', import.meta.url)), 'serve'],
    {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database.url,
        TRACE_DATA_DIR: dataDir,
        TRACE_JWT_SECRET: secret,
        HOST: '127.0.0.1',
        PORT: '0',
        TRACE_ADMIN_PORT: '0',
        TRACE_GRPC_PORT: '',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exited = once(service, 'exit')
  t.teardown(async () => {
    service.kill('SIGINT')
    await exited
    rmSync(dataDir, { recursive: true, force: true })
  })
  return await readyUrl(service.stdout)
}

/** The same suite through the built service, over HTTP. */
export async function overTheWire(t: Test): Promise<Door> {
  const url = await wireService(t)
  const ask = async (path: string, init: RequestInit) => {
    const answer = await fetch(url + path, init)
    const headers = Object.fromEntries(answer.headers)
    return {
      status: answer.status,
      headers,
      body: parsed(headers['content-type'] ?? '', await answer.text()),
    }
  }
  return {
    send: (body, claims) =>
      ask('/v1/traces', {
        method: 'POST',
        headers: { ...bearer({ ...everything, ...claims }), 'content-type': contentType(body) },
        body: body as BodyInit,
      }),
    get: (path, claims) => ask(path, { headers: bearer({ ...everything, ...claims }) }),
  }
}

async function readyUrl(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const entry = line.startsWith('{') ? JSON.parse(line) : {}
    if (entry.msg === 'ready') {
      // keep the pipe flowing, or the service would wait for it to be read
      stdout.resume()
      return entry.url
    }
  }
  throw new Error('the service ended before it was ready')
}
