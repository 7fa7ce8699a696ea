import { chmodSync, mkdirSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { BaseLogger } from 'pino'
import { DatabaseUnusable } from '../unusable.ts'
import { accountFor } from './account.ts'
import { type BinariesChoice, findBinaries } from './binaries.ts'
import { createCluster, readCluster, syncCluster } from './cluster.ts'
import { lockDirectory } from './lock.ts'
import { end, endOrphan, type Launch, launch } from './postmaster.ts'
import { prepareRoles, serviceRole } from './roles.ts'
import { serverSettings } from './settings.ts'
import { socketFolder, socketUrl } from './socket.ts'

/** The part of a logger that the supervisor uses. */
type EmbeddedLog = Pick<BaseLogger, 'info' | 'warn' | 'error'>

/** How to start. */
export interface EmbeddedOptions {
  /** Made when missing. Holds the cluster, its log, its socket and the lock. */
  dataDir: string
  /** Whose binaries; `auto` when absent. */
  binaries?: BinariesChoice
  /** Server settings over ours, for tests. */
  settings?: Record<string, string>
  log: EmbeddedLog
}

/** A running private Postgres. */
export interface Embedded {
  /** As the owner of the cluster, through a socket that only this account may use. Stays over restarts of the server. */
  url: string
  /** As the service's role, which owns the data but not the audit log. */
  serviceUrl: string
  version: string
  /** The postmaster's, now. */
  readonly pid: number
  /** Takes the audit log out of the service's hands. To be called after migrations. */
  protect(): Promise<void>
  /** Ends the server (open transactions roll back) and gives the directory back. Safe to call twice. */
  stop(): Promise<void>
}

const database = 'trace'
/** Pause before the server is started again after it died: milliseconds, doubled up to the second. */
const restartMs = [100, 1_000] as const

/**
 * Starts a private Postgres in a data directory and keeps it running: when its postmaster dies it is started
 * again. It ends with this process, and what a killed process left behind is cleared by the next start.
 *
 * @throws DatabaseUnusable with one line that says what to do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  if (process.platform === 'win32') {
    throw new DatabaseUnusable('The embedded database does not run on Windows: set DATABASE_URL')
  }
  const dataDir = prepareDirectory(options.dataDir)
  const unlock = await lockDirectory(dataDir)
  try {
    return await supervise(dataDir, options, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

async function supervise(dataDir: string, options: EmbeddedOptions, unlock: () => void): Promise<Embedded> {
  const { log } = options
  const folder = join(dataDir, 'postgres')
  const cluster = readCluster(folder)
  await endOrphan(folder)
  const binaries = await findBinaries(options.binaries ?? 'auto', cluster?.major ?? null, dataDir)
  const account = accountFor(cluster, [folder, join(binaries.folder, 'postgres')], dataDir)
  const socket = socketFolder(dataDir, account)
  if (!cluster) {
    log.info({ version: binaries.version }, 'making the embedded database')
    await createCluster(folder, binaries, account)
  }
  const settings = serverSettings(socket, options.settings)
  const how: Launch = { folder, logFile: join(dataDir, 'postgres.log'), binaries, account, settings }
  const synced = cluster ? null : syncCluster(folder, binaries, account)
  let server = await launch(how)
  await synced
  const onExit = (): void => signal(server.pid)
  process.once('exit', onExit)

  let stopping: Promise<void> | null = null
  const keepRunning = async (): Promise<void> => {
    for (let pause: number = restartMs[0]; ; pause = Math.min(pause * 2, restartMs[1])) {
      const started = Date.now()
      await server.exited
      if (Date.now() - started > restartMs[1]) pause = restartMs[0]
      if (stopping) return
      log.error({ pid: server.pid }, 'the embedded database ended; starting it again')
      await wait(pause, undefined, { ref: false })
      if (stopping) return
      await launch(how).then(
        (again) => {
          server = again
          if (stopping) signal(again.pid)
        },
        (error: unknown) => log.error({ err: error }, 'the embedded database did not start again'),
      )
    }
  }
  const watched = keepRunning()

  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      // The child does not keep this process alive; the wait for its end must.
      const hold = setInterval(() => {}, 1_000)
      await end(server.pid)
      await watched
      clearInterval(hold)
      process.removeListener('exit', onExit)
      unlock()
    })()
    return stopping
  }
  try {
    await createDatabase(socketUrl(socket, 'postgres'))
    await prepareRoles(socketUrl(socket, database))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: socketUrl(socket, database),
    serviceUrl: socketUrl(socket, database, serviceRole),
    protect: () => prepareRoles(socketUrl(socket, database)),
    version: binaries.version,
    get pid() {
      return server.pid
    },
    stop,
  }
}

/** The data directory, absolute and with links resolved: the server's own view of it. Made private when new. */
function prepareDirectory(given: string): string {
  const path = resolve(given)
  try {
    const made = mkdirSync(path, { recursive: true, mode: 0o700 })
    if (made !== undefined) chmodSync(path, 0o700)
    return realpathSync(path)
  } catch (error) {
    throw new DatabaseUnusable(`TRACE_DATA_DIR ${path} cannot be used: ${(error as Error).message}`)
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const there = await client.query('select 1 from pg_database where datname = $1', [database])
    if (there.rowCount === 0) await client.query(`create database ${database}`)
  } finally {
    await client.end()
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch {
    // It ended by itself.
  }
}
