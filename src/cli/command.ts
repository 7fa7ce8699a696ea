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

type Options = NonNullable<ParseArgsConfig['options']>
type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; strict: true }>
>['values']

/** The options of a call, as text. Throws UsageError for what is not in `options`. */
export function readOptions<T extends Options>(args: string[], options: T): Values<T> {
  try {
    return parseArgs({ args, options, strict: true as const, allowPositionals: false }).values as Values<T>
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
