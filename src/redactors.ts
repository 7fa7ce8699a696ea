import { createHash, randomBytes } from 'node:crypto'
import { ConfigError, type RedactionConfig } from './config.ts'
import { StoreUnavailable } from './errors.ts'
import {
  BadRule,
  createRedactor,
  REDACTION_VERSION,
  type Redactor,
  type RedactorOptions,
  withIdKey,
} from './redact/index.ts'
import { redactClocks } from './redact-clocks.ts'
import type { Store } from './store/index.ts'

/** Workspaces whose key is remembered. */
const mostWorkspaces = 1_000

/**
 * The redactor of each workspace: the rules are compiled once, the key that replaces ids is the workspace's own
 * row in the database. Throws ConfigError at once for a rule that cannot be used; the function it returns rejects
 * with StoreUnavailable while a key that is not known yet cannot be read. Without a clock no span is given up for lack
 * of time.
 */
export function createRedactors(
  config: RedactionConfig,
  store: Pick<Store, 'key'>,
  clock: 'clock' | 'no clock' = 'clock',
): (workspace: string) => Promise<Redactor> {
  // Nothing is redacted with this key: it only fills the place.
  const budget = clock === 'clock' ? redactClocks : {}
  const rules = compiled({ ...config, idKey: randomBytes(32), ...budget })
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

/**
 * Says which rules and policies a row went through: a number that is another one as soon as the built-in rules or
 * the configuration of redaction change (31 bits of a digest; which one is newer it does not say).
 */
export function ruleSetVersion(config: RedactionConfig): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([REDACTION_VERSION, config]))
    .digest()
  return digest.readInt32BE(0) & 0x7fffffff
}

function compiled(options: RedactorOptions): Redactor {
  try {
    return createRedactor(options)
  } catch (error) {
    if (error instanceof BadRule) throw new ConfigError([`TRACE_CONFIG: ${error.message}`])
    throw error
  }
}
