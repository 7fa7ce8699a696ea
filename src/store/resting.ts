import type { MarkFilter } from './marks.ts'

/** An execution that was rolled up, with the traces that it has spans in, and the spans of those, which were all read. */
export interface RolledUp {
  realm: number
  executionId: string
  traceIds: readonly string[]
  spans: number
}

/** Spans from which on a roll-up is dear: each costs some 20 µs of both processes. */
const LARGE_SPANS = 2_000
/** A large execution rests this many times as long as its roll-up took: together they take a fifth of a processor. */
const REST = 4

/**
 * Large executions that were rolled up a moment ago. A roll-up reads every span of an execution, so that one at each export
 * of a long run would cost the square of its length. While it rests, its marks wait: whoever reads the execution settles
 * them all the same, and a list says that it is stale. Of this process alone: each has its own.
 */
export class Resting {
  readonly #largeSpans: number
  readonly #now: () => number
  readonly #resting = new Map<string, RolledUp & { until: number }>()

  /** `now`: milliseconds from any start. */
  constructor(largeSpans = LARGE_SPANS, now = () => performance.now()) {
    this.#largeSpans = largeSpans
    this.#now = now
  }

  /** Told what was rolled up together, and the milliseconds that it took. */
  add(executions: readonly RolledUp[], ms: number): void {
    const until = this.#now() + REST * ms
    for (const execution of executions) {
      if (execution.spans < this.#largeSpans) continue
      this.#resting.set(`${execution.realm}:${execution.executionId}`, { ...execution, until })
    }
  }

  /** The filter without the marks of what rests; the same one when nothing does. */
  spare(filter: MarkFilter): MarkFilter {
    const now = this.#now()
    for (const [key, { until }] of this.#resting) if (until <= now) this.#resting.delete(key)
    if (this.#resting.size === 0) return filter
    const executions = [...this.#resting.values()]
    const traces = executions.flatMap(({ realm, traceIds }) => traceIds.map((id) => ({ realm, id })))
    const next = filter.values.length + 1
    return {
      ...filter,
      where: `${filter.where}
        and (realm, trace_id) not in (select * from unnest($${next}::integer[], $${next + 1}::bytea[]))
        and not exists (select from unnest($${next + 2}::integer[], $${next + 3}::text[]) as rests (realm, id)
          where rests.realm = dirty_traces.realm and rests.id = any(dirty_traces.execution_ids))`,
      values: [
        ...filter.values,
        traces.map(({ realm }) => realm),
        traces.map(({ id }) => Buffer.from(id, 'hex')),
        executions.map(({ realm }) => realm),
        executions.map(({ executionId }) => executionId),
      ],
    }
  }
}
