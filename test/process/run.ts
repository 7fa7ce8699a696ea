import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const cli = resolve(import.meta.dirname, '../../dist/cli.js')

interface Test {
  teardown(clean: () => Promise<unknown> | unknown): void
}

/** A running `workflow-trace`, as it was built, and all it has written so far. */
export interface Running {
  child: ChildProcess
  out: () => string
  err: () => string
  /** Exit code; null = ended by a signal. */
  ended: Promise<number | null>
  /** Resolves with the first log line that has this message. */
  line(msg: string): Promise<Record<string, string>>
}

/** A directory of the test's own. */
export function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'trace-process-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Starts the command with only these variables beside PATH; it is killed when the test ends. */
export function run(t: Test, args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', TRACE_ADMIN_PORT: '0', ...env },
  })
  let out = ''
  let err = ''
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  child.stdout.on('data', (data) => {
    out += data
  })
  child.stderr.on('data', (data) => {
    err += data
  })
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  const find = (msg: string) =>
    out
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, string>)
      .find((line) => line.msg === msg)
  const line = (msg: string) =>
    new Promise<Record<string, string>>((found, failed) => {
      const look = () => {
        const it = find(msg)
        if (it !== undefined) found(it)
      }
      child.stdout.on('data', look)
      void ended.then((code) => failed(new Error(`ended with ${code}: ${err}`)))
      look()
    })
  return { child, out: () => out, err: () => err, ended, line }
}
