import { KEY_SCOPES, type KeyScope } from '../access/ingest-key.ts'
import { normalizePatterns } from '../access/policy.ts'
import { type Config, loadConfig } from '../config.ts'
import { limits } from '../limits.ts'
import { AuditLog } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { type IngestKey, IngestKeys } from '../store/ingest-keys.ts'
import { type Command, entries, readOptions, secondsOf, UsageError } from './command.ts'
import { withDatabase } from './database.ts'

/** What a key is for where nobody says: the spans and artifacts of a runner. */
const DEFAULT_SCOPES = KEY_SCOPES.join(' ')

/** Static keys for runners that cannot mint tokens. */
export const key: Command = {
  usage:
    "create --name N --workflows 'a,b*' [--workspace W] [--scope 'traces:write'] [--ttl 90d] | list [--workspace W] | revoke --id ID",
  summary: 'Makes, lists and revokes static ingest keys; a new one is shown once.',
  async run([action, ...args]) {
    const actions = { create, list, revoke }
    if (action === undefined || !Object.hasOwn(actions, action)) {
      throw new UsageError('workflow-trace key create | list | revoke')
    }
    const work = actions[action as keyof typeof actions](args)
    const config: Config = loadConfig({ keysNeeded: false })
    process.stdout.write(await withDatabase(config, work))
  },
}

type Work = (database: Database) => Promise<string>

function create(args: string[]): Work {
  const given = readOptions(args, {
    name: { type: 'string' },
    workspace: { type: 'string', default: 'default' },
    workflows: { type: 'string' },
    scope: { type: 'string', default: DEFAULT_SCOPES },
    ttl: { type: 'string' },
  })
  const { name, workspace, ttl } = given
  if (name === undefined || name === '') throw new UsageError('--name is needed: whose key it is')
  if (workspace === '') throw new UsageError('--workspace cannot be empty')
  if ([name, workspace].some((text) => text.length > limits.maxIdLength))
    throw new UsageError(`--name and --workspace have at most ${limits.maxIdLength} characters`)
  const grant = {
    name,
    workspace,
    workflows: normalizePatterns(entries(given.workflows, ',', '--workflows')),
    scopes: entries(given.scope, /[\s,]+/, '--scope').map(keyScope),
    expiresAt: ttl === undefined ? null : new Date(Date.now() + secondsOf(ttl) * 1000),
  }
  return async (database) => {
    const { id, key } = await new IngestKeys(database.work).create(grant)
    const { scopes, workflows } = grant
    await onRecord(database, { id, workspace }, 'key_created', { name, scopes, workflows })
    return `${key}\n`
  }
}

function list(args: string[]): Work {
  const { workspace } = readOptions(args, { workspace: { type: 'string' } })
  return async (database) => {
    const keys = await new IngestKeys(database.work).list(workspace ?? null)
    const head = ['id', 'name', 'workspace', 'workflows', 'scopes', 'state', 'last used']
    return table([head, ...keys.map(row)])
  }
}

function revoke(args: string[]): Work {
  const { id } = readOptions(args, { id: { type: 'string' } })
  // The whole key may be given, too: its id is the part in the middle.
  const named = /^(?:wtk_)?([0-9a-f]{16})(?:_.*)?$/.exec(id ?? '')?.[1]
  if (named === undefined) throw new UsageError('--id is needed: what workflow-trace key list shows')
  return async (database) => {
    const revoked = await new IngestKeys(database.work).revoke(named)
    if (revoked === null) throw new UsageError(`there is no key ${named} in use`)
    await onRecord(database, revoked, 'key_revoked', { name: revoked.name })
    return `${named} is revoked; running services refuse it within seconds\n`
  }
}

async function onRecord(
  database: Database,
  { id, workspace }: Pick<IngestKey, 'id' | 'workspace'>,
  action: string,
  details: Record<string, unknown>,
): Promise<void> {
  const subject = 'workflow-trace key'
  await new AuditLog(database.work).append([{ workspace, subject, action, details: { key: id, ...details } }])
}

function keyScope(name: string): KeyScope {
  const scope = KEY_SCOPES.find((known) => known === name)
  if (scope === undefined)
    throw new UsageError(`--scope: a key can have ${KEY_SCOPES.join(' and ')}, not ${name}`)
  return scope
}

function row(key: IngestKey): string[] {
  return [
    key.id,
    key.name,
    key.workspace,
    key.workflows.join(','),
    key.scopes.join(' '),
    stateOf(key),
    key.lastUsedAt?.toISOString() ?? 'never',
  ]
}

function stateOf({ revokedAt, expiresAt }: IngestKey): string {
  if (revokedAt !== null) return `revoked ${revokedAt.toISOString()}`
  if (expiresAt === null) return 'in use'
  return `${expiresAt.getTime() <= Date.now() ? 'expired' : 'in use until'} ${expiresAt.toISOString()}`
}

/** Columns of equal width; control characters of names do not reach the terminal. */
function table(rows: string[][]): string {
  const clean = rows.map((cells) => cells.map((cell) => cell.replace(/\p{Cc}/gu, ' ')))
  const widths = (clean[0] ?? []).map((_, column) =>
    Math.max(...clean.map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return clean.map((cells) => `${line(cells).trimEnd()}\n`).join('')
}
