import { type DestinationStream, type Logger, pino } from 'pino'
import type { LogLevel } from './config.ts'

export type { Logger }

/**
 * The service's log: one JSON object per line, on stdout unless a destination is given. Nothing that callers
 * sent is logged: no bodies, no header values, no query strings; errors as `describeError` shows them.
 */
export function createLog(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: ['authorization', 'token', 'headers', '*.authorization', '*.headers', '*.token', '*.secret'],
      censor: '[redacted]',
    },
    serializers: { err: describeError, error: describeError, req: () => undefined, res: () => undefined },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}

/** An error as the log may show it. */
interface LoggedError {
  type: string
  code?: string
  constraint?: string
  message?: string
  stack?: string
  cause?: LoggedError
}

/**
 * What may be said of an error. Postgres quotes values in `message`, `detail`, `where` and `query` (that is how
 * prompts got into other products' logs), so of a server's error only its code, table and constraint are kept.
 */
export function describeError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, cause, constraint, table } = error as Error & Record<string, unknown>
  const described: LoggedError = { type: error.name }
  if (typeof code === 'string') described.code = code
  if (isServerError(error)) {
    described.message = `refused by the database${typeof table === 'string' ? ` (table ${table})` : ''}`
    if (typeof constraint === 'string') described.constraint = constraint
  } else if (error instanceof SyntaxError) {
    // JSON.parse quotes what it could not parse.
    described.message = 'malformed input'
  } else {
    described.message = error.message
    if (error.stack !== undefined) described.stack = error.stack
  }
  if (cause !== undefined) described.cause = describeError(cause)
  return described
}

/** Errors that Postgres sent carry a severity and a five-character SQLSTATE. */
function isServerError(error: Error): boolean {
  const { code, severity } = error as Error & Record<string, unknown>
  return typeof severity === 'string' || (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code))
}
