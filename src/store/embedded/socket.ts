import { createHash } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseUnusable } from '../unusable.ts'
import type { Account } from './account.ts'

/** `sun_path` holds 104 bytes on macOS and 108 on Linux; `/.s.PGSQL.5432.lock` is the longest name in it. */
const longestFolder = 103 - '/.s.PGSQL.5432.lock'.length

/**
 * The folder of the server's socket: in the data directory, or, where that path is too long for a socket, a
 * private folder below /tmp that is named after the directory. Only the server's account may enter it.
 */
export function socketFolder(dataDir: string, account: Account): string {
  const inside = join(dataDir, 'socket')
  const fits = Buffer.byteLength(inside) <= longestFolder
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const folder = fits ? inside : `/tmp/workflow-trace-${name}`
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made = lstatSync(folder)
  const own = process.getuid?.() ?? made.uid
  // Below /tmp somebody else could have made it first.
  if (!made.isDirectory() || (made.uid !== own && made.uid !== account.uid)) {
    throw new DatabaseUnusable(
      `${folder} belongs to somebody else: remove it, or set a shorter TRACE_DATA_DIR`,
    )
  }
  if (made.uid !== account.uid) chownSync(folder, account.uid, account.gid)
  if ((made.mode & 0o777) !== 0o700) chmodSync(folder, 0o700)
  return folder
}

/** The URL under which `pg` reaches the server's socket. */
export function socketUrl(folder: string, database: string, user: string = role): string {
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(folder)}`
}

/** The cluster's only role to begin with: its owner. */
export const role = 'trace'
