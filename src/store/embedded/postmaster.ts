import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DatabaseUnusable } from '../unusable.ts'
import type { Account } from './account.ts'
import { type Binaries, libraryEnvironment } from './binaries.ts'
import { isAlive, isPostgres, processesIn } from './processes.ts'

/** How a server is started. */
export interface Launch {
  folder: string
  logFile: string
  binaries: Binaries
  account: Account
  settings: string[]
}

/** A started server. `exited` resolves when it ends, for whatever reason. */
export interface Postmaster {
  pid: number
  exited: Promise<void>
}

/** Crash recovery replays at most `max_wal_size` and answers to nothing meanwhile: milliseconds. */
const readyWithinMs = 120_000
/** Backends of a killed postmaster end by themselves within moments; until then a new one is refused. */
const leftoversWithinMs = 15_000
/** A log beyond this starts anew: bytes. */
const logBytes = 10 * 1024 * 1024

/**
 * Starts the server and resolves when it takes connections. It runs in a session of its own, so that a
 * terminal's Ctrl-C reaches the service only, which drains first and then stops it.
 */
export async function launch(how: Launch): Promise<Postmaster> {
  for (const deadline = Date.now() + leftoversWithinMs; ; ) {
    const before = size(how.logFile)
    const server = spawnServer(how)
    if (await becomesReady(server, how.folder)) return server
    const said = readFileSync(how.logFile, 'utf8').slice(before > logBytes ? 0 : before)
    const leftovers = /pre-existing shared memory block|lock file .* already exists/.test(said)
    if (!leftovers || Date.now() > deadline) {
      const reason = said.match(/(?:FATAL|PANIC|setpriv|error)[^\n]*/i)?.[0] ?? `see ${how.logFile}`
      throw new DatabaseUnusable(`The embedded database in TRACE_DATA_DIR does not start: ${reason}`)
    }
    await wait(100)
    await endOrphan(how.folder)
  }
}

function spawnServer({ folder, logFile, binaries, account, settings }: Launch): Postmaster {
  const log = openSync(logFile, size(logFile) > logBytes ? 'w' : 'a', 0o600)
  const command = [...account.prefix, join(binaries.folder, 'postgres'), '-D', folder, ...settings]
  const child = spawn(command[0] ?? '', command.slice(1), {
    cwd: folder,
    detached: true,
    env: libraryEnvironment(binaries.libraries),
    stdio: ['ignore', log, log],
    ...account.spawnAs,
  })
  closeSync(log)
  child.unref()
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  return { pid: child.pid ?? 0, exited }
}

/** The server writes its state into the eighth line of postmaster.pid: `ready` when it takes connections. */
async function becomesReady(server: Postmaster, folder: string): Promise<boolean> {
  let ended = false
  void server.exited.then(() => {
    ended = true
  })
  for (const deadline = Date.now() + readyWithinMs; !ended && Date.now() < deadline; ) {
    const lines = pidFile(folder)
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') return true
    await wait(10)
  }
  if (!ended) await end(server.pid)
  return false
}

/**
 * Ends what an earlier service left behind: a postmaster that is still running on this cluster (its settings
 * may be old, and nobody is left who would stop it), and a postmaster.pid whose number somebody else has now.
 */
export async function endOrphan(folder: string): Promise<void> {
  const pid = Number(pidFile(folder)[0])
  if (!Number.isInteger(pid) || pid <= 0) return
  if (isPostgres(pid, folder)) return end(pid)
  // The server refuses to start when the number is in use by its own account. Removing the file is safe only
  // when no backend of the dead postmaster is left: the file is how a new one would notice.
  if (isAlive(pid) && processesIn(folder).length === 0)
    rmSync(join(folder, 'postmaster.pid'), { force: true })
}

/** Stops a server: fast (open transactions roll back), then at once (recovery on the next start), then by force. */
export async function end(pid: number, withinMs = 20_000): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', withinMs],
    ['SIGQUIT', 6_000],
    ['SIGKILL', 2_000],
  ] as const) {
    if (!isAlive(pid)) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (const deadline = Date.now() + patience; isAlive(pid) && Date.now() < deadline; ) await wait(10)
  }
}

function pidFile(folder: string): string[] {
  try {
    return readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
