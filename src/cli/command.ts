import { type ParseArgsConfig, parseArgs } from 'node:util'

/** A sub-command of `workflow-trace`. */
export interface Command {
  /** What follows the name in `help`. */
  usage: string
  /** One line. */
  summary: string
  /** Rejects with an error whose first line is for the person who called. */
  run(args: string[]): Promise<void>
}

/** The command was called in a way it does not know. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The options of a call, as text. Throws UsageError for what is not in `options`. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
