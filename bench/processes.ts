import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds of one tick in /proc/<pid>/stat (USER_HZ is 100 on every Linux that Node runs on). */
const tickUs = 10_000

interface Stat {
  pid: number
  parent: number
  /** Ticks of the process, and of its children that ended. */
  own: number
  ended: number
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const [, parent = 0] = fields
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15)
    return { pid, parent, own: user + system, ended: endedUser + endedSystem }
  } catch {
    return null
  }
}

/** Processor time of a process so far, all threads: microseconds; 0 where there is no /proc. */
export function cpuOf(pid: number): number {
  return (statOf(pid)?.own ?? 0) * tickUs
}

/** The same for a Postgres: its postmaster and every process below it. */
export function cpuOfPostgres(postmaster: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  let ticks = 0
  for (const pid of pids) {
    const stat = statOf(Number(pid))
    if (stat === null) continue
    if (stat.pid === postmaster) ticks += stat.own + stat.ended
    else if (stat.parent === postmaster) ticks += stat.own
  }
  return ticks * tickUs
}

/** Resident memory of a process: MB; 0 where there is no /proc. */
export function rssOf(pid: number): number {
  try {
    const [, kb] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kb) / 1024)
  } catch {
    return 0
  }
}

/** Watches the memory of a process until stopped: the most it had. */
export function watchRss(pid: number): () => number {
  let most = rssOf(pid)
  const timer = setInterval(() => {
    most = Math.max(most, rssOf(pid))
  }, 100)
  return () => {
    clearInterval(timer)
    return Math.max(most, rssOf(pid))
  }
}
