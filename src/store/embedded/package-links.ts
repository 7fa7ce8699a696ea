import { lstat, mkdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

interface Link {
  source: string
  target: string
}

/**
 * npm packages cannot hold symbolic links, so the platform packages list those that their libraries need.
 * Makes the missing ones beside the libraries, or, where that folder is read-only, in `fallback`.
 * Idempotent, and safe when several processes do it at once. Names are reduced to their base: nothing is
 * ever written outside those two folders.
 *
 * @param native the package's `native` folder
 * @param fallback a writable folder, made when needed
 * @returns the folder to add to the library path, or null when the package needs none
 */
export async function linkLibraries(native: string, fallback: string): Promise<string | null> {
  const links = await listed(native)
  for (const { source, target } of links) {
    const from = join(native, relative(source))
    const to = join(native, relative(target))
    if (await exists(to)) continue
    try {
      await symlink(basename(from), to)
    } catch (error) {
      if (isCode(error, 'EEXIST')) continue
      if (!isCode(error, 'EROFS') && !isCode(error, 'EACCES') && !isCode(error, 'EPERM')) throw error
      return linkElsewhere(native, links, fallback)
    }
  }
  return null
}

async function linkElsewhere(native: string, links: Link[], folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o755 })
  for (const { source, target } of links) {
    const to = join(folder, basename(target))
    if (await exists(to)) continue
    const from = join(native, relative(source))
    await symlink(from, to).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error
    })
  }
  return folder
}

async function listed(native: string): Promise<Link[]> {
  try {
    return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Link[]
  } catch (error) {
    if (isCode(error, 'ENOENT')) return []
    throw error
  }
}

/** `native/lib/libpq.so` → `lib/libpq.so`. */
const relative = (path: string): string => join(basename(dirname(path)), basename(path))

/** True when the path leads to something: a dangling link (a package that moved) does not count. */
async function exists(path: string): Promise<boolean> {
  if (await stat(path).catch(() => null)) return true
  const dangling = await lstat(path).catch(() => null)
  if (dangling) await rm(path, { force: true })
  return false
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException)?.code === code
