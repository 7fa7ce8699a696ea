import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { rssOf } from './processes.ts'

/** Milliseconds after the start until memory is looked at. */
const settleMs = 3_000

/** How long the built service takes from nothing, and again, until it is ready; and its memory with nothing to do. */
export async function measureStart(): Promise<{
  first_ready_ms: number
  ready_ms: number
  idle_rss_mb: number
}> {
  const dataDir = mkdtempSync(join(tmpdir(), 'workflow-trace-start-'))
  try {
    const first = await start(dataDir)
    await stop(first.child)
    const again = await start(dataDir)
    await wait(settleMs)
    const idle_rss_mb = rssOf(again.child.pid ?? 0)
    await stop(again.child)
    return { first_ready_ms: first.ms, ready_ms: again.ms, idle_rss_mb }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function start(dataDir: string): Promise<{ child: ChildProcess; ms: number }> {
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../dist/cli.js', import.meta.url)), 'serve'],
    {
      env: {
        PATH: process.env.PATH,
        TRACE_DATA_DIR: dataDir,
        HOST: '127.0.0.1',
        PORT: '0',
        TRACE_ADMIN_PORT: '0',
        TRACE_GRPC_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes('"msg":"ready"')) continue
    child.stdout.resume()
    return { child, ms: Math.round(performance.now() - began) }
  }
  throw new Error('the service ended before it was ready')
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  await exited
}
