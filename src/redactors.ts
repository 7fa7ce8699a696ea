import { randomBytes } from 'node:crypto'
import { ConfigError, type RedactionConfig } from './config.ts'
import { StoreUnavailable } from './errors.ts'
import { BadRule, createRedactor, type Redactor, type RedactorOptions, withIdKey } from './redact/index.ts'
import type { Store } from './store/index.ts'

/** Workspaces whose key is remembered. */
const mostWorkspaces = 1_000

/**
 * The redactor of each workspace: the rules are compiled once, the key that replaces ids is the workspace's own
 * row in the database. Throws ConfigError at once for a rule that cannot be used; the function it returns rejects
 * with StoreUnavailable while a key that is not known yet cannot be read.
 */
export function createRedactors(
  config: RedactionConfig,
  store: Pick<Store, 'key'>,
): (workspace: string) => Promise<Redactor> {
  // Nothing is redacted with this key: it only fills the place.
  const rules = compiled({ ...config, idKey: randomBytes(32), now: () => performance.now() })
  const known = new Map<string, Redactor>()
  return async (workspace) => {
    const found = known.get(workspace)
    if (found !== undefined) return found
    const key = await store.key(workspace, 'redacted ids').catch(() => {
      throw new StoreUnavailable()
    })
    if (known.size >= mostWorkspaces) known.clear()
    const made = withIdKey(rules, key)
    known.set(workspace, made)
    return made
  }
}

function compiled(options: RedactorOptions): Redactor {
  try {
    return createRedactor(options)
  } catch (error) {
    if (error instanceof BadRule) throw new ConfigError([`TRACE_CONFIG: ${error.message}`])
    throw error
  }
}
