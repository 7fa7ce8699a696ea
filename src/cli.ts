#!/usr/bin/env node
import type { Command } from './cli/command.ts'
import { UsageError } from './cli/command.ts'
import { help, helpOf } from './cli/help.ts'
import { ConfigError } from './config.ts'

/** Every sub-command, loaded when it is called: adding one is adding a file and a line here. */
const commands = new Map<string, () => Promise<Command>>([
  ['serve', async () => (await import('./cli/serve.ts')).serve],
  ['migrate', async () => (await import('./cli/migrate.ts')).migrateCommand],
  ['token', async () => (await import('./cli/token.ts')).token],
  ['explain', async () => (await import('./cli/explain.ts')).explain],
  ['replay', async () => (await import('./cli/replay.ts')).replay],
  ['erase', async () => (await import('./cli/erase.ts')).erase],
  ['redact', async () => (await import('./cli/redact.ts')).redact],
  ['key', async () => (await import('./cli/key.ts')).key],
])

const [name = 'help', ...args] = process.argv.slice(2)

try {
  const command = await commands.get(name)?.()
  if (command !== undefined && args.some(asksHelp)) process.stdout.write(helpOf(name, command))
  else if (command !== undefined) await command.run(args)
  else if (name === 'help' || asksHelp(name)) process.stdout.write(help(await everyCommand()))
  else throw new UsageError(`there is no command ${JSON.stringify(name)}; workflow-trace help lists them`)
} catch (error) {
  // One line for each thing that is wrong, for the person who started it.
  const lines = error instanceof ConfigError ? error.sentences : [firstLine(error)]
  for (const line of lines) process.stderr.write(`workflow-trace: ${line}\n`)
  process.exitCode = 1
  // What a failed start left running must not keep the process.
  setTimeout(() => process.exit(1), 1_000).unref()
}

async function everyCommand(): Promise<Map<string, Command>> {
  const loaded = [...commands].map(async ([name, load]) => [name, await load()] as const)
  return new Map(await Promise.all(loaded))
}

function asksHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h'
}

function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return 'stopped for an unknown reason'
  const { code } = error as NodeJS.ErrnoException
  // Connection errors that gather several have no message of their own.
  return error.message.split('\n', 1)[0] || String(code ?? error.name)
}
