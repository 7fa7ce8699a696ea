import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** True while a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return pid === 1
  try {
    process.kill(pid, 0)
    // A zombie answers signals but does nothing any more.
    return processState(pid) !== 'Z'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * What tells this process from a later one with the same id: its start, on this boot.
 * An empty string when the process is gone or the system does not say.
 */
export function processStart(pid: number): string {
  if (process.platform === 'linux') {
    const fields = statFields(pid)
    const boot = read('/proc/sys/kernel/random/boot_id').trim()
    return fields ? `${boot}/${fields[19]}` : ''
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** True when `pid` is a postmaster (not some process that got its number later). */
export function isPostgres(pid: number, folder: string): boolean {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') {
    return basename(read(`/proc/${pid}/cmdline`).split('\0')[0] ?? '') === 'postgres' && cwdOf(pid) === folder
  }
  try {
    const line = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return line.includes('postgres') && line.includes(folder)
  } catch {
    return false
  }
}

/** The processes that work in `folder`: a dead postmaster's backends among them. Linux only; else none. */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => cwdOf(pid) === folder)
}

function cwdOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

function processState(pid: number): string {
  return process.platform === 'linux' ? (statFields(pid)?.[0] ?? '') : ''
}

/** The fields of /proc/<pid>/stat from the third on; the second, the name, may hold spaces. */
function statFields(pid: number): string[] | null {
  const line = read(`/proc/${pid}/stat`)
  const end = line.lastIndexOf(')')
  return end < 0 ? null : line.slice(end + 2).split(' ')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
