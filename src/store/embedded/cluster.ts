import { execFile } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DatabaseUnusable } from '../unusable.ts'
import type { Account } from './account.ts'
import { type Binaries, libraryEnvironment } from './binaries.ts'
import { role } from './socket.ts'

const run = promisify(execFile)

/** A cluster on disk: the major version that made it, and who owns it. */
export interface Cluster {
  major: number
  uid: number
  gid: number
}

/** The cluster in `folder`, or null when there is none yet. */
export function readCluster(folder: string): Cluster | null {
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found) return null
  let recorded: string
  try {
    recorded = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
  } catch {
    throw new DatabaseUnusable(`${folder} is there but holds no cluster: move it away, or set TRACE_DATA_DIR`)
  }
  const major = Number.parseInt(recorded, 10)
  return { major, uid: found.uid, gid: found.gid }
}

/**
 * Makes a new cluster in `folder`, which must not exist. It appears under that name only when it is whole, so
 * a start that was killed half way leaves nothing that the next one could mistake for a cluster.
 * The locale is C: text sorts by its bytes, on every machine alike.
 */
export async function createCluster(folder: string, binaries: Binaries, account: Account): Promise<void> {
  const draft = `${folder}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { mode: 0o700 })
  if (process.getuid?.() === 0) chownSync(draft, account.uid, account.gid)
  // Nothing is worth syncing until it is whole; `syncCluster` does it once.
  const options = ['--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C', `--username=${role}`]
  options.push('--auth-local=trust', '--auth-host=reject', '--pgdata', draft)
  await asAccount(binaries, account, options, dirname(folder))
  renameSync(draft, folder)
}

/** Writes a new cluster's files through to the disk, so that a power loss cannot take what was acknowledged. */
export async function syncCluster(folder: string, binaries: Binaries, account: Account): Promise<void> {
  await asAccount(binaries, account, ['--sync-only', '--pgdata', folder], folder)
}

async function asAccount(
  binaries: Binaries,
  account: Account,
  options: string[],
  cwd: string,
): Promise<void> {
  const [program, ...rest] = [...account.prefix, join(binaries.folder, 'initdb'), ...options]
  const env = libraryEnvironment(binaries.libraries)
  try {
    await run(program ?? '', rest, { cwd, env, ...account.spawnAs })
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? '')
    const reason = said.split('\n').find((line) => /error|failed|could not/i.test(line)) ?? String(error)
    throw new DatabaseUnusable(`The embedded database cannot be made in TRACE_DATA_DIR: ${reason.trim()}`)
  }
}
