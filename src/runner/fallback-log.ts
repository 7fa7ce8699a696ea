import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import type { FallbackLogOptions } from './options.ts'
import { networkReason } from './transport.ts'
import type { Warnings } from './warnings.ts'

/** Prompts are in it: only its owner reads it. */
const MODE = 0o600

/**
 * Spans that could not be delivered, in OpenTelemetry's file format: one OTLP/JSON ExportTraceServiceRequest
 * per line, replayable with `workflow-trace replay`. At most `maxFiles` files (`path`, `path.1` …) of about
 * `maxBytes`; never throws.
 */
export class FallbackLog {
  readonly path: string
  readonly #maxBytes: number
  readonly #maxFiles: number
  readonly #warnings: Warnings
  #size: number | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(options: FallbackLogOptions, warnings: Warnings) {
    this.path = options.path
    this.#maxBytes = options.maxBytes ?? 16 * 1024 * 1024
    this.#maxFiles = Math.max(1, options.maxFiles ?? 5)
    this.#warnings = warnings
  }

  /** Resolves when the line is in the file, or was warned about. */
  append(spans: ReadableSpan[]): Promise<void> {
    const line = lineOf(spans)
    this.#writing = this.#writing.then(async () => {
      try {
        this.#makeRoom(line.length)
        await appendFile(this.path, line, { mode: MODE })
      } catch (error) {
        this.#failed(error)
      }
    })
    return this.#writing
  }

  /** For the last moment of a process, when nothing asynchronous runs any more. */
  appendNow(spans: ReadableSpan[]): void {
    try {
      const line = lineOf(spans)
      this.#makeRoom(line.length)
      appendFileSync(this.path, line, { mode: MODE })
    } catch (error) {
      this.#failed(error)
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#size === null) {
      mkdirSync(dirname(this.path), { recursive: true })
      this.#size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0
    }
    if (this.#size > 0 && this.#size + bytes > this.#maxBytes) {
      for (let n = this.#maxFiles - 1; n >= 1; n--) {
        const from = n === 1 ? this.path : `${this.path}.${n - 1}`
        if (statSync(from, { throwIfNoEntry: false })) renameSync(from, `${this.path}.${n}`)
      }
      if (this.#maxFiles === 1) rmSync(this.path, { force: true })
      this.#size = 0
    }
    this.#size += bytes
  }

  #failed(error: unknown): void {
    this.#size = null
    const code = (error as { code?: string }).code ?? networkReason(error)
    this.#warnings.warn(
      'fallback',
      `the fallback log ${this.path} cannot be written (${code}); spans are lost`,
    )
  }
}

function lineOf(spans: ReadableSpan[]): Uint8Array {
  const json = JsonTraceSerializer.serializeRequest(spans) ?? new Uint8Array()
  const line = new Uint8Array(json.length + 1)
  line.set(json)
  line[json.length] = 0x0a
  return line
}
