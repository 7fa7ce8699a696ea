import type { Log, LogLine } from './options.ts'

/** Milliseconds between two lines about the same trouble. */
const QUIET_MS = 60_000

/** Runs what belongs to tracing; its errors never reach the workflow. */
export function quietly<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}

/** Says each kind of trouble at most once a minute, with how often it came meanwhile. */
export class Warnings {
  readonly #log: Log
  readonly #kinds = new Map<string, { until: number; suppressed: number }>()

  constructor(log?: Log) {
    this.#log = log ?? ((line: LogLine) => console.warn(`workflow-trace: ${line.message}`))
  }

  warn(kind: string, message: string): void {
    const now = Date.now()
    const before = this.#kinds.get(kind)
    if (before && now < before.until) {
      before.suppressed++
      return
    }
    const times = before?.suppressed ? ` (and ${before.suppressed} times since the last line)` : ''
    this.#kinds.set(kind, { until: now + QUIET_MS, suppressed: 0 })
    quietly(() => this.#log({ level: 'warn', message: message + times }))
  }

  /** The trouble is over: one line if it was told, and the next one is told at once. */
  over(kind: string, message: string): void {
    if (!this.#kinds.delete(kind)) return
    quietly(() => this.#log({ level: 'info', message }))
  }
}
