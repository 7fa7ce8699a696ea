import { chmodSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseUnusable } from '../unusable.ts'

/**
 * Bits of the kernel's capability sets that let an account pass through folders of others:
 * CAP_DAC_READ_SEARCH, and CAP_SETPCAP to make access(2), with which initdb looks for its server, heed it.
 */
const neededCapabilities = (1n << 2n) | (1n << 8n)

/** A command to run as an account that is not root: what to put before it, and how to spawn it. */
export interface Account {
  uid: number
  gid: number
  /** The program and arguments that lead up to the command; empty when none are needed. */
  prefix: string[]
  /** For `spawn`, where no program changes the account for us. */
  spawnAs: { uid: number; gid: number } | Record<string, never>
}

/**
 * Decides as whom Postgres runs. It refuses to run as root, so for root that is the owner of an existing
 * cluster, else `postgres`, else `nobody`; for everybody else it is themselves. With util-linux's `setpriv`
 * the server is also told to stop when this process dies.
 *
 * @param owner the uid and gid that own the existing cluster, or null
 * @param paths what the account must reach: the cluster and the binaries
 * @param dataDir the one folder of ours on the way; what is in it has narrow modes of its own
 * @throws DatabaseUnusable when the account could not reach them
 */
export function accountFor(
  owner: { uid: number; gid: number } | null,
  paths: string[],
  dataDir: string,
): Account {
  const own = process.getuid?.() ?? -1
  const setpriv = process.platform === 'linux' ? firstExisting(['/usr/bin/setpriv', '/bin/setpriv']) : null
  if (own !== 0) {
    if (owner && owner.uid !== own) {
      throw new DatabaseUnusable(
        `The cluster ${paths[0]} belongs to user id ${owner.uid}, this process is ${own}: ` +
          'start as that user or as root, or set TRACE_DATA_DIR to another directory',
      )
    }
    const prefix = setpriv ? [setpriv, '--pdeathsig', 'INT', '--'] : []
    return { uid: own, gid: process.getgid?.() ?? -1, prefix, spawnAs: {} }
  }
  const { uid, gid } = owner && owner.uid !== 0 ? owner : unprivileged()
  const searchable = setpriv !== null && hasCapabilities()
  if (!searchable) {
    // Containers run as root without it by default: they may pass through our folder, not list it.
    chmodSync(dataDir, statSync(dataDir).mode | 0o011)
    const closed = paths.map((path) => closedTo(uid, gid, path)).find((path) => path !== null)
    if (closed) {
      throw new DatabaseUnusable(
        `Running as root without the capability dac_read_search, user id ${uid} cannot reach ${closed}: ` +
          'set TRACE_DATA_DIR to a directory below world-searchable folders, start as another user, or set DATABASE_URL',
      )
    }
  }
  if (setpriv === null) return { uid, gid, prefix: [], spawnAs: { uid, gid } }
  const capability = searchable ? '+dac_read_search' : '-all'
  const prefix = [setpriv, '--reuid', String(uid), '--regid', String(gid), '--clear-groups']
  prefix.push('--inh-caps', capability, '--ambient-caps', capability)
  if (searchable) prefix.push('--securebits', '+no_setuid_fixup')
  prefix.push('--pdeathsig', 'INT', '--')
  return { uid, gid, prefix, spawnAs: {} }
}

/** initdb looks its user up by id, so it must be one that the machine knows. */
function unprivileged(): { uid: number; gid: number } {
  const accounts = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map((field) => [field[0] ?? '', { uid: Number(field[2]), gid: Number(field[3]) }] as const),
  )
  const account = accounts.get('postgres') ?? accounts.get('nobody')
  if (account && account.uid > 0) return account
  throw new DatabaseUnusable(
    'PostgreSQL does not run as root and there is no user postgres or nobody: set DATABASE_URL',
  )
}

function hasCapabilities(): boolean {
  const status = readFileSync('/proc/self/status', 'utf8')
  return ['CapPrm', 'CapBnd'].every((set) => {
    const bits = status.match(new RegExp(`^${set}:\\s*([0-9a-f]+)`, 'm'))?.[1]
    return bits !== undefined && (BigInt(`0x${bits}`) & neededCapabilities) === neededCapabilities
  })
}

/** The first folder on the way to `path` that the account may not search; null when it reaches it. */
function closedTo(uid: number, gid: number, path: string): string | null {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false })
    if (found) {
      const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001
      if ((found.mode & bit) === 0) return folder
    }
    if (folder === dirname(folder)) return null
  }
}

function firstExisting(paths: string[]): string | null {
  return paths.find((path) => statSync(path, { throwIfNoEntry: false })) ?? null
}
