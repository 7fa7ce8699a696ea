import { ConfigError } from '../config.ts'
import { createLog } from '../log.ts'
import { drainOnSignals } from '../signals.ts'
import { startDemo } from './demo.ts'
import { readOptions } from './options.ts'

/** `npm run demo`: the service, the sample workflows and the link, until Ctrl-C. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  const tell = (line: string) => void process.stderr.write(`${line}\n`)
  let close = async (): Promise<void> => undefined
  drainOnSignals(createLog('warn'), () => close())
  const demo = await startDemo(process.env, options, tell, (given) => {
    close = given
  })
  if (options.once) await demo.close()
  if (options.json) process.stdout.write(`${JSON.stringify(demo.result)}\n`)
  else process.stdout.write(`See the trace:\n\n  ${demo.result.link}\n\n`)
  if (options.once) process.exit(demo.result.ok ? 0 : 1)
  tell('Ctrl-C stops everything.')
}

main().catch((error: unknown) => {
  const lines = error instanceof ConfigError ? error.sentences : [oneLine(error)]
  for (const line of lines) process.stderr.write(`demo: ${line}\n`)
  process.exit(1)
})

function oneLine(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
  const taken = message.includes('EADDRINUSE')
  return taken ? `${message}; is another one running? PORT=0 TRACE_ADMIN_PORT=0 take free ports` : message
}
