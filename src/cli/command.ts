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

/** The same, and what stands beside the options. Throws UsageError for options that are not in `options`. */
export function readCall<T extends Options>(
  args: string[],
  options: T,
): { values: Values<T>; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args,
      options,
      strict: true as const,
      allowPositionals: true,
    })
    return { values: values as Values<T>, positionals }
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** The entries of a list in an option. Throws UsageError when there is none. */
export function entries(value: string | undefined, separator: string | RegExp, option: string): string[] {
  const found = (value ?? '')
    .split(separator)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  if (found.length === 0) throw new UsageError(`${option} is needed`)
  return found
}

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** Seconds of a span of time like `30m`. Throws UsageError. */
export function secondsOf(ttl: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(ttl) ?? []
  const seconds = Number(count) * (unitSeconds[unit ?? ''] ?? Number.NaN)
  if (!(seconds > 0)) throw new UsageError('--ttl must be like 30m, 1h or 30d')
  return seconds
}
