import { randomUUID } from 'node:crypto'
import {
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api'
import { keys } from './keys.ts'
import type { RunnerOptions } from './options.ts'
import { extractFrom, injectInto } from './propagation.ts'
import { runInSpan } from './run-in-span.ts'
import { tracedFetch } from './traced-fetch.ts'
import { Tracing } from './tracing.ts'
import { quietly } from './warnings.ts'
import { type Work, WorkflowSpan } from './workflow-span.ts'

export interface ExecutionOptions {
  workflowId: string
  workflowName?: string
  /** Free string, unique in the writer's grant. Default: a random UUID. */
  executionId?: string
  threadId?: string
  input?: unknown
  attributes?: Record<string, string | number | boolean>
  /** Header fields of the call that started the workflow: its trace is continued. */
  parentHeaders?: Record<string, string | string[] | undefined>
}

/** Milliseconds that `shutdown` waits for delivery when nothing else is said. */
const SHUTDOWN_MS = 5_000

/**
 * What a workflow runner uses to make its executions visible. No method throws, blocks, or changes what the
 * workflow does: results and errors of the given functions come back unchanged.
 */
export class Runner {
  /** `fetch` with a downstream span and W3C trace context. */
  readonly fetch: typeof fetch
  readonly #tracing: Tracing
  #stopped: Promise<void> | null = null
  readonly #beforeExit = () => void this.flush()
  readonly #exit = () => {
    quietly(() => this.#tracing.processor.collect())
    quietly(() => this.#tracing.queue.abandon())
  }

  constructor(options: RunnerOptions) {
    this.#tracing = new Tracing(options)
    this.fetch = tracedFetch(this.#tracing)
    process.once('beforeExit', this.#beforeExit)
    process.once('exit', this.#exit)
  }

  /** Opens the root span of one execution. Inside another execution it becomes a sub-workflow of it. */
  execution<T>(options: ExecutionOptions, work: Work<T>): Promise<T> {
    const identity = {
      executionId: options.executionId ?? randomUUID(),
      workflowId: options.workflowId,
    }
    const parent = this.#parentOf(options)
    const open = (): WorkflowSpan => {
      const otel = this.#tracing.tracer.startSpan(
        options.workflowName ?? options.workflowId,
        {
          kind: SpanKind.INTERNAL,
          attributes: {
            [keys.executionId]: identity.executionId,
            [keys.workflowId]: identity.workflowId,
            [keys.workflowName]: options.workflowName ?? options.workflowId,
            [keys.spanKind]: 'workflow',
            ...(options.threadId === undefined ? {} : { [keys.threadId]: options.threadId }),
            ...options.attributes,
          },
        },
        parent,
      )
      return new WorkflowSpan(otel, this.#tracing, parent, identity).setInput(options.input)
    }
    const span = quietly(open) ?? this.#unrecorded(parent, identity)
    return runInSpan(() => span, span, work)
  }

  /** The span that the calling code runs in. */
  current(): WorkflowSpan | undefined {
    const span = this.#tracing.activeSpan()
    return span instanceof WorkflowSpan ? span : undefined
  }

  /** Adds W3C trace context to the header fields of a downstream call; returns the same object. */
  inject(headers: Record<string, string> = {}): Record<string, string> {
    return injectInto(headers)
  }

  /** Sends what waits; resolves when it arrived, was written to the fallback log, or the service is away. */
  async flush(): Promise<void> {
    await this.#tracing.processor.forceFlush().catch(() => undefined)
  }

  /**
   * Sends what waits, at most `timeoutMs` long, and stops: the rest goes to the fallback log. Spans that are
   * still open are sent as running.
   */
  shutdown(options: { timeoutMs?: number } = {}): Promise<void> {
    this.#stopped ??= this.#shutdown(options.timeoutMs ?? SHUTDOWN_MS).catch(() => undefined)
    return this.#stopped
  }

  async #shutdown(timeoutMs: number): Promise<void> {
    process.removeListener('beforeExit', this.#beforeExit)
    process.removeListener('exit', this.#exit)
    await this.#tracing.processor.shutdown()
    await Promise.all([this.#tracing.queue.close(timeoutMs), this.#tracing.uploads.close(timeoutMs)])
  }

  #parentOf(options: ExecutionOptions): Context {
    if (options.parentHeaders) return extractFrom(options.parentHeaders)
    // a foreign span around us goes to another backend: it would only be a missing parent here
    return this.current() ? context.active() : ROOT_CONTEXT
  }

  #unrecorded(parent: Context, identity: { executionId: string; workflowId: string }): WorkflowSpan {
    return new WorkflowSpan(trace.wrapSpanContext(INVALID_SPAN_CONTEXT), this.#tracing, parent, identity)
  }
}
