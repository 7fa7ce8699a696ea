import { randomBytes } from 'node:crypto'
import { loadConfig } from '../config.ts'
import { createRedactors, ruleSetVersion } from '../redactors.ts'
import { scrubWith } from '../rescrub.ts'
import { type RescrubReport, rescrub } from '../store/rescrub/index.ts'
import { ServiceKeys } from '../store/service-keys.ts'
import { type Command, readOptions, secondsOf, UsageError } from './command.ts'
import { withDatabase } from './database.ts'

/** Re-scrubs what is stored, after the rules changed. */
export const redact: Command = {
  usage: '--since TIME|30d [--until TIME|1h] [--workspace W] [--dry-run]',
  summary:
    'Takes what the rules of today find out of what arrived since a time; prints counts, never a match.',
  async run(args) {
    const given = readOptions(args, {
      since: { type: 'string' },
      until: { type: 'string' },
      workspace: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    })
    if (given.since === undefined) throw new UsageError('--since is needed: 2026-01-31, 30d, …')
    const since = timeOf('--since', given.since)
    const until = given.until === undefined ? new Date() : timeOf('--until', given.until)
    if (since >= until) throw new UsageError('--since must come before --until')
    const config = loadConfig({ keysNeeded: false })
    const dryRun = given['dry-run']
    const report = await withDatabase(config, (database, url) => {
      // a look makes no key: ids that would be replaced are counted all the same
      const keys = new ServiceKeys(database.kysely)
      const key = (workspace: string, purpose: string) =>
        dryRun ? Promise.resolve(randomBytes(32)) : keys.get(workspace, purpose)
      const redactorOf = createRedactors(config.redaction, { key }, 'no clock')
      return rescrub({
        url,
        database,
        scrubOf: async (workspace) => scrubWith(await redactorOf(workspace)),
        version: ruleSetVersion(config.redaction),
        since,
        until,
        workspace: given.workspace ?? null,
        dryRun,
        subject: 'workflow-trace redact',
      })
    })
    process.stdout.write(`${JSON.stringify(shown(report, dryRun))}\n`)
  },
}

const shown = ({ rules, ...kinds }: RescrubReport, dryRun: boolean) => ({
  dry_run: dryRun,
  ...kinds,
  rules: Object.fromEntries([...rules].sort(([a], [b]) => (a < b ? -1 : 1))),
})

/** A date, a time, or so long ago. */
function timeOf(option: string, text: string): Date {
  if (/^\d+[smhd]$/.test(text)) return new Date(Date.now() - secondsOf(text) * 1000)
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN)
  if (Number.isNaN(time.getTime()))
    throw new UsageError(`${option} must be like 2026-01-31, 2026-01-31T12:00:00Z or 30d`)
  return time
}
