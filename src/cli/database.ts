import type { Config } from '../config.ts'
import { createLog } from '../log.ts'
import type { Database } from '../store/database.ts'
import { openDatabase } from '../store/database.ts'
import { startEmbedded } from '../store/embedded/index.ts'
import { runningEmbedded } from '../store/embedded/running.ts'
import { migrate } from '../store/migrate.ts'

/**
 * Runs a command's work on the database of the configuration, migrated: DATABASE_URL, else the embedded one, which
 * is started for it unless a service is running it.
 */
export async function withDatabase<T>(
  config: Config,
  work: (database: Database, url: string) => Promise<T>,
): Promise<T> {
  const log = createLog('warn')
  const there = config.databaseUrl ?? (await runningEmbedded(config.dataDir))
  const embedded = there === null ? await startEmbedded({ dataDir: config.dataDir, log }) : null
  try {
    const url = there ?? embedded?.serviceUrl ?? ''
    await migrate(url, { today: new Date(), retentionDays: config.retentionDays })
    await embedded?.protect()
    const database = openDatabase({ url, log })
    try {
      return await work(database, url)
    } finally {
      await database.close()
    }
  } finally {
    await embedded?.stop()
  }
}
