import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { serviceRole } from './roles.ts'
import { socketUrl } from './socket.ts'

/**
 * The URL of the embedded Postgres, as the service's role, that another process of ours runs in a data directory right now; null when
 * none answers. For commands that change something beside a running service.
 */
export async function runningEmbedded(dataDir: string): Promise<string | null> {
  const given = resolve(dataDir)
  const path = existsSync(given) ? realpathSync(given) : given
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16)
  for (const folder of [join(path, 'socket'), `/tmp/workflow-trace-${name}`]) {
    if (!existsSync(join(folder, '.s.PGSQL.5432'))) continue
    const url = socketUrl(folder, 'trace', serviceRole)
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return url
    } catch {
      // A socket that a killed server left behind.
    } finally {
      await client.end().catch(() => {})
    }
  }
  return null
}
