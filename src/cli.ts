#!/usr/bin/env node
import type { Command } from './cli/command.ts'
import { UsageError } from './cli/command.ts'
import { erase } from './cli/erase.ts'
import { explain } from './cli/explain.ts'
import { help, helpOf } from './cli/help.ts'
import { key } from './cli/key.ts'
import { migrateCommand } from './cli/migrate.ts'
import { redact } from './cli/redact.ts'
import { replay } from './cli/replay.ts'
import { serve } from './cli/serve.ts'
import { token } from './cli/token.ts'
import { ConfigError } from './config.ts'

/** Every sub-command: adding one is adding a file and a line here. */
const commands = new Map<string, Command>([
  ['serve', serve],
  ['migrate', migrateCommand],
  ['token', token],
  ['explain', explain],
  ['replay', replay],
  ['erase', erase],
  ['redact', redact],
  ['key', key],
])

const [name = 'help', ...args] = process.argv.slice(2)
const command = commands.get(name)

try {
  if (command !== undefined && args.some(asksHelp)) process.stdout.write(helpOf(name, command))
  else if (command !== undefined) await command.run(args)
  else if (name === 'help' || asksHelp(name)) process.stdout.write(help(commands))
  else throw new UsageError(`there is no command ${JSON.stringify(name)}; workflow-trace help lists them`)
} catch (error) {
  // One line for each thing that is wrong, for the person who started it.
  const lines = error instanceof ConfigError ? error.sentences : [firstLine(error)]
  for (const line of lines) process.stderr.write(`workflow-trace: ${line}\n`)
  process.exitCode = 1
  // What a failed start left running must not keep the process.
  setTimeout(() => process.exit(1), 1_000).unref()
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
