import { loadConfig } from '../config.ts'
import { createLog } from '../log.ts'
import { startEmbedded } from '../store/embedded/index.ts'
import { migrate } from '../store/migrate.ts'
import { type Command, readOptions } from './command.ts'

/** Brings the schema of the database in use up to date, and ends. Any number may run at once. */
export const migrateCommand: Command = {
  usage: '',
  summary: 'Brings the database schema up to date (DATABASE_URL, else the embedded Postgres).',
  async run(args) {
    readOptions(args, {})
    const config = loadConfig({ keysNeeded: false })
    const log = createLog(config.logLevel)
    const embedded =
      config.databaseUrl === null ? await startEmbedded({ dataDir: config.dataDir, log }) : null
    try {
      const { applied, version } = await migrate(config.databaseUrl ?? embedded?.serviceUrl ?? '', {
        today: new Date(),
        retentionDays: config.retentionDays,
      })
      await embedded?.protect()
      log.info({ applied, version }, 'schema is up to date')
    } finally {
      await embedded?.stop()
    }
  },
}
