import type { Logger } from './log.ts'

/** Milliseconds from the first signal to the end, whatever still runs. */
const deadlineMs = 30_000
/**
 * Milliseconds in which a repetition of the first signal is the same one: a terminal's Ctrl-C reaches the
 * process itself, and again through npm, which passes it on.
 */
const echoMs = 500

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Ends the process well: on the first signal `drain` runs and the exit code is 0; on a second one, or when the
 * deadline passes, or when draining fails, it is 1. An error that nobody caught drains too, and ends in 1.
 * `interrupted` is true for a Ctrl-C: there is no load balancer to wait for.
 */
export function drainOnSignals(log: Logger, drain: (how: { interrupted: boolean }) => Promise<void>): void {
  let first: { signal: string; at: number } | null = null

  const finish = async (interrupted: boolean, code: number) => {
    setTimeout(() => {
      log.fatal({ deadline_ms: deadlineMs }, 'not drained in time')
      process.exit(1)
    }, deadlineMs).unref()
    try {
      await drain({ interrupted })
      process.exit(code)
    } catch (err) {
      log.fatal({ err }, 'draining failed')
      process.exit(1)
    }
  }

  for (const signal of signals) {
    process.on(signal, () => {
      if (first === null) {
        first = { signal, at: Date.now() }
        log.info({ signal }, 'stopping')
        void finish(signal === 'SIGINT', 0)
      } else if (signal !== first.signal || Date.now() - first.at > echoMs) {
        log.fatal({ signal }, 'stopped at once by a second signal')
        process.exit(1)
      }
    })
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (err: unknown) => {
      log.fatal({ err }, event)
      if (first !== null) return
      first = { signal: event, at: Date.now() }
      void finish(true, 1)
    })
  }
}
