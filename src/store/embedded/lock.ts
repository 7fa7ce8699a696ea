import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DatabaseUnusable } from '../unusable.ts'
import { isAlive, processStart } from './processes.ts'

/** After this a taker that died between two system calls is not waited for: milliseconds. */
const takeoverStaleMs = 5_000

interface Holder {
  pid: number
  start: string
}

/**
 * Takes the data directory for this process, so that two services never share one. A lock whose holder is
 * gone (kill -9, power loss, a container that restarted with the same ids) is taken over.
 *
 * @returns a function that gives the directory back
 * @throws DatabaseUnusable when another live process holds it
 */
export async function lockDirectory(dataDir: string): Promise<() => void> {
  const path = join(dataDir, 'service.lock')
  const own: Holder = { pid: process.pid, start: processStart(process.pid) }
  const held = `${JSON.stringify(own)}\n`
  for (;;) {
    if (place(path, held)) {
      return () => {
        if (readHolder(path)?.start === own.start && readHolder(path)?.pid === own.pid)
          rmSync(path, { force: true })
      }
    }
    const holder = readHolder(path)
    if (holder && isHeld(holder)) {
      throw new DatabaseUnusable(
        `The data directory ${dataDir} is in use by another workflow-trace (process ${holder.pid}): ` +
          'stop it, or set TRACE_DATA_DIR to another directory, or give both one DATABASE_URL',
      )
    }
    await removeStale(path)
  }
}

/** Link is atomic and fails when the name exists, and the file is whole from the first moment. */
function place(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}.${process.hrtime.bigint()}`
  writeFileSync(draft, text, { mode: 0o600 })
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Only one process at a time may judge and remove a stale lock: else the second removes the first one's new one. */
async function removeStale(path: string): Promise<void> {
  const guard = `${path}.takeover`
  try {
    mkdirSync(guard)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > takeoverStaleMs) rmSync(guard, { recursive: true, force: true })
    await wait(20)
    return
  }
  try {
    const holder = readHolder(path)
    if (!holder || !isHeld(holder)) rmSync(path, { force: true })
  } finally {
    rmdirSync(guard)
  }
}

function isHeld(holder: Holder): boolean {
  return isAlive(holder.pid) && processStart(holder.pid) === holder.start
}

function readHolder(path: string): Holder | null {
  try {
    const read = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    return typeof read.pid === 'number' && typeof read.start === 'string' ? (read as Holder) : null
  } catch {
    return null
  }
}
