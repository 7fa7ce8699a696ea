import { localSecret } from '../access/local-secret.ts'
import { normalizePatterns } from '../access/policy.ts'
import { issueToken } from '../access/token.ts'
import { loadConfig } from '../config.ts'
import { SCOPES, type Scope } from '../model/principal.ts'
import { type Command, entries, readOptions, secondsOf, UsageError } from './command.ts'
import { revokeToken } from './revoke-token.ts'

/** Prints a token for the HS256 secret in use: TRACE_JWT_SECRET, else the one in the data directory. */
export const token: Command = {
  usage:
    "--workspace W --workflows 'a,b*' --scope 'traces:read content:read' [--ttl 1h] [--subject S] | revoke JTI",
  summary: 'Prints a token for the HS256 secret in use, or refuses one from now on.',
  async run(args) {
    if (args[0] === 'revoke') return revokeToken(args.slice(1))
    const given = readOptions(args, {
      workspace: { type: 'string', default: 'default' },
      workflows: { type: 'string' },
      scope: { type: 'string' },
      ttl: { type: 'string', default: '1h' },
      subject: { type: 'string', default: 'cli' },
    })
    if (given.workspace === '' || given.subject === '') {
      throw new UsageError('--workspace and --subject cannot be empty')
    }
    const grant = {
      subject: given.subject,
      workspace: given.workspace,
      workflows: normalizePatterns(entries(given.workflows, ',', '--workflows')),
      scopes: entries(given.scope, /[\s,]+/, '--scope').map(scopeNamed),
      lifetimeSeconds: secondsOf(given.ttl),
    }
    const config = loadConfig({ keysNeeded: false })
    if (config.issuers.length > 0)
      throw new UsageError('tokens come from the configured issuers, not from here')
    const secret = config.jwtSecret ?? (await localSecret(config.dataDir))
    process.stdout.write(`${await issueToken(config, secret, grant)}\n`)
  },
}

function scopeNamed(name: string): Scope {
  const scope = SCOPES.find((known) => known === name)
  if (scope === undefined) throw new UsageError(`--scope: ${name} is none of ${SCOPES.join(', ')}`)
  return scope
}
