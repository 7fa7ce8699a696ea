import { type Context, context, type Span } from '@opentelemetry/api'
import { quietly } from './warnings.ts'

/** How a span ended when it was not simply done. */
export type Outcome = 'failed' | 'cancelled' | 'interrupted'

/** What running inside a span needs of it. */
interface RunningSpan {
  readonly otel: Span
  readonly context: Context
  readonly outcome: Outcome | null
  fail(error: unknown): unknown
  cancelled(reason?: string): unknown
  interrupted(reason?: string): unknown
}

/** How the span ended that an error came out of: spans around it end the same way. */
const outcomes = new WeakMap<object, Outcome>()

/**
 * Runs the workflow's own code inside a span. Its result comes back and its errors are thrown on unchanged; when
 * no span can be opened, the code runs all the same, with `otherwise` in the span's place.
 */
export async function runInSpan<S extends RunningSpan, T>(
  open: () => S,
  otherwise: S,
  work: (span: S) => T | Promise<T>,
): Promise<T> {
  const span = quietly(open)
  if (!span) return work(otherwise)
  try {
    return await context.with(span.context, work, undefined, span)
  } catch (error) {
    quietly(() => recordThrown(span, error))
    throw error
  } finally {
    quietly(() => span.otel.end())
  }
}

function recordThrown(span: RunningSpan, error: unknown): void {
  const isObject = typeof error === 'object' && error !== null
  if (!span.outcome) {
    const outcome = isObject ? outcomes.get(error) : undefined
    const message = error instanceof Error ? error.message : undefined
    if (outcome === 'interrupted') span.interrupted(message)
    else if (outcome === 'cancelled' || (error instanceof Error && error.name === 'AbortError'))
      span.cancelled(message)
    else span.fail(error)
  }
  if (isObject && span.outcome) outcomes.set(error, span.outcome)
}
