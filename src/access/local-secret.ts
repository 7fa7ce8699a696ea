import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The signing secret that the service makes for itself when no keys are configured: made once per data
 * directory, readable by its owner only. Safe when several processes start at once: one of them wins.
 */
export async function localSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'signing-secret')
  const known = await read(path)
  if (known !== null) return known
  await mkdir(dataDir, { recursive: true })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    // A link is there whole or not at all, and never replaces what another process has just made.
    await link(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }
  const made = await read(path)
  if (made === null) throw new Error(`the signing secret in ${dataDir} could not be made`)
  return made
}

async function read(path: string): Promise<string | null> {
  try {
    const secret = (await readFile(path, 'utf8')).trim()
    if (secret.length < 32) throw new Error(`${path} is damaged: remove it, and a new one is made`)
    return secret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
