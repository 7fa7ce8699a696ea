import { issueToken } from '../access/token.ts'
import { type Config, loadConfig } from '../config.ts'
import { boundHeapGrowth } from '../heap.ts'
import { createLog } from '../log.ts'
import { drainDelay, startService } from '../main.ts'
import { drainOnSignals } from '../signals.ts'
import { type Command, readOptions } from './command.ts'

const daySeconds = 24 * 60 * 60

/** The service, until a signal ends it. */
export const serve: Command = {
  usage: '',
  summary: 'Runs the service; the environment configures it.',
  async run(args) {
    readOptions(args, {})
    boundHeapGrowth()
    const config = loadConfig()
    const log = createLog(config.logLevel)
    const starting = startService(config, log)
    // A signal that comes while the database is being made waits for it, and then stops it as it should be.
    drainOnSignals(log, async ({ interrupted }) => {
      const service = await starting
      await service.close({ delayMs: drainDelay(interrupted) })
    })
    const service = await starting
    if (service.ownSecret !== null) {
      process.stderr.write(await welcome(config, service.url, service.ownSecret))
    }
  },
}

/**
 * What a person needs next: a link to the page and the lines that point an exporter here. Holds tokens, so it
 * is shown only for a secret that the service made itself, and goes past the log.
 */
export async function welcome(config: Config, url: string, secret: string): Promise<string> {
  const everything = { subject: 'local', workspace: 'default', workflows: ['*'] }
  const reader = await issueToken(config, secret, {
    ...everything,
    scopes: ['traces:read', 'content:read', 'artifacts:read'],
    lifetimeSeconds: daySeconds,
  })
  const writer = await issueToken(config, secret, {
    ...everything,
    scopes: ['traces:write', 'artifacts:write'],
    lifetimeSeconds: 30 * daySeconds,
  })
  return [
    '',
    'See traces (the link works for a day):',
    `  ${url}/#token=${reader}`,
    '',
    'Send traces (the token lives 30 days):',
    `  export OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
    '  export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    `  export OTEL_EXPORTER_OTLP_HEADERS=authorization=${encodeURIComponent(`Bearer ${writer}`)}`,
    '',
    '',
  ].join('\n')
}
