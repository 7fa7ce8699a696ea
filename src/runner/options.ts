/** One line for the operator of the runner: never payloads, never tokens. */
export interface LogLine {
  level: 'info' | 'warn'
  message: string
}
export type Log = (line: LogLine) => void

export interface FallbackLogOptions {
  /** File that undeliverable spans are appended to; one per process. */
  path: string
  /** Bytes of one file before it is rotated. Default 16 MiB. */
  maxBytes?: number
  /** Files kept, the current one included; the oldest is removed. Default 5. */
  maxFiles?: number
}

export interface RunnerOptions {
  /** Base URL of the trace service, `http://127.0.0.1:4318`; `/v1/traces` is added when it is not there. */
  endpoint: string
  /** Bearer token with the scope `traces:write` (and `artifacts:write` to upload artifacts). */
  token?: string
  /** Headers of every request, beside or instead of `token`. */
  headers?: Record<string, string>
  /** `service.name` of the resource. */
  serviceName: string
  /** More attributes of the resource, e.g. `deployment.environment.name`. */
  resource?: Record<string, string | number | boolean>
  /** Where spans go that could not be delivered; without it they wait in the bounded queue. */
  fallbackLog?: FallbackLogOptions
  /** Receives the rare lines of the runner; default: `console.warn`. */
  log?: Log
  /** Milliseconds for one batch, its retries included. Default 10,000. */
  exportTimeoutMs?: number
  /** Milliseconds that an ended span waits for company. Default 1,000. */
  flushIntervalMs?: number
  /** A span still open after these milliseconds is shown as running. Default 2,000; executions always are. */
  snapshotAfterMs?: number
  /** Spans waiting for delivery. Default 4,096. */
  maxQueueSpans?: number
  /** UTF-16 units of one input, output or message list; the rest is cut. Default 1 Mi. */
  maxValueLength?: number
}

/** The options with their defaults; sizes in bytes, times in milliseconds. */
export interface Settings {
  exportTimeoutMs: number
  flushIntervalMs: number
  snapshotAfterMs: number
  /** After an execution started, before its snapshot is sent: very short executions need none. */
  startDelayMs: number
  maxQueueSpans: number
  /** Estimated bytes of all waiting spans. */
  maxQueueBytes: number
  maxBatchSpans: number
  /** Estimated bytes of one request: far below the service's 20 MiB. */
  maxBatchBytes: number
  maxValueLength: number
}

export function settingsOf(options: RunnerOptions): Settings {
  return {
    exportTimeoutMs: positive(options.exportTimeoutMs, 10_000),
    flushIntervalMs: positive(options.flushIntervalMs, 1_000),
    snapshotAfterMs: positive(options.snapshotAfterMs, 2_000),
    startDelayMs: 50,
    maxQueueSpans: positive(options.maxQueueSpans, 4_096),
    maxQueueBytes: 64 * 1024 * 1024,
    maxBatchSpans: 512,
    maxBatchBytes: 4 * 1024 * 1024,
    maxValueLength: positive(options.maxValueLength, 1024 * 1024),
  }
}

function positive(value: number | undefined, otherwise: number): number {
  return typeof value === 'number' && value > 0 ? value : otherwise
}
