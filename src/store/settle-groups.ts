import { type ExecutionKey, executionKey } from '../tree/execution-tree.ts'
import type { StoredExecutionTrace } from './lock-executions.ts'
import type { MarkedTraces } from './marks.ts'

/**
 * Traces that are read together, about: what a round makes of its spans should be garbage before the collector has to
 * move it, and 256 small traces at once were (40 % of the worker's time). Fewer cost round trips.
 */
const TRACES_AT_ONCE = 48

/** Executions and the traces that they may have spans in; no other group has any of both, as far as is known. */
export interface SettleGroup {
  keys: ExecutionKey[]
  traceIds: string[]
}

/**
 * The days that the spans of a group's traces are stored under: what the last roll-up found, and what came since. null =
 * not known.
 */
export function daysOfGroup(
  { traceIds }: SettleGroup,
  marked: MarkedTraces,
  stored: ReadonlyMap<string, Iterable<string>>,
): string[] | null {
  const days = new Set<string>()
  for (const traceId of traceIds) {
    const mark = marked.get(traceId)
    if (mark?.days === null) return null
    for (const day of mark?.days ?? []) days.add(day)
    for (const day of stored.get(traceId) ?? []) days.add(day)
  }
  return [...days]
}

/** Everything that is to be settled, in groups: what a mark or the last roll-up connects stays together. */
export function groupsOf(
  keys: readonly ExecutionKey[],
  marked: MarkedTraces,
  stored: readonly StoredExecutionTrace[],
): SettleGroup[] {
  const parts = new Parts()
  for (const key of keys) parts.of(executionKey(key)).keys.push(key)
  for (const [traceId, { names }] of marked) {
    parts.trace(traceId)
    for (const executionId of names) parts.join(executionKey({ executionId, fallback: false }), traceId)
  }
  for (const { key, traceId } of stored) {
    parts.trace(traceId)
    parts.join(executionKey(key), traceId)
  }
  return bundled(parts.all())
}

/** Groups that grow together: by executions' keys, and by trace ids, which no key looks like. */
class Parts {
  readonly #groups = new Map<string, SettleGroup>()

  of(name: string): SettleGroup {
    let group = this.#groups.get(name)
    if (group === undefined) this.#groups.set(name, (group = { keys: [], traceIds: [] }))
    return group
  }

  trace(traceId: string): void {
    if (this.#groups.has(traceId)) return
    this.of(traceId).traceIds.push(traceId)
  }

  join(execution: string, traceId: string): void {
    const one = this.of(execution)
    const other = this.of(traceId)
    if (one === other) return
    const [into, from] = one.traceIds.length > other.traceIds.length ? [one, other] : [other, one]
    into.keys.push(...from.keys)
    into.traceIds.push(...from.traceIds)
    for (const key of from.keys) this.#groups.set(executionKey(key), into)
    for (const id of from.traceIds) this.#groups.set(id, into)
  }

  all(): Set<SettleGroup> {
    return new Set(this.#groups.values())
  }
}

/** Small groups as one, of about `TRACES_AT_ONCE` traces. */
function bundled(groups: Iterable<SettleGroup>): SettleGroup[] {
  const bundles: SettleGroup[] = []
  let last: SettleGroup | null = null
  for (const { keys, traceIds } of groups) {
    if (last === null || last.traceIds.length >= TRACES_AT_ONCE) {
      last = { keys: [], traceIds: [] }
      bundles.push(last)
    }
    last.keys.push(...keys)
    last.traceIds.push(...traceIds)
  }
  return bundles
}

/** Several groups as one. */
export function together(groups: readonly SettleGroup[]): SettleGroup {
  return {
    keys: groups.flatMap(({ keys }) => keys),
    traceIds: groups.flatMap(({ traceIds }) => traceIds),
  }
}
