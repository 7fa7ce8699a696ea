import { type ExecutionKey, executionKey } from '../tree/execution-tree.ts'

/** What tells to which execution a span belongs. */
export interface SpanPlace {
  traceId: string
  spanId: string
  /** null or '' = none. */
  parentSpanId: string | null
  /** The execution that the span names itself. */
  executionId: string | null
}

/** One row of `erasures`. */
export interface Erasure {
  id: bigint
  key: ExecutionKey
  /** '' = the execution as a whole. */
  traceId: string
  /** Ids in hex of the erased spans of that trace, and of the parents that they waited for. */
  spanIds: ReadonlySet<string>
}

/**
 * Of these spans (all that are known of their traces), those that belong to an erased execution, by trace and
 * span id, with that execution. A span belongs to the nearest on its way up that was erased or names an
 * execution; one that finds neither belongs to the only execution of its trace, which is the erased one when no
 * other is left there.
 */
export function erasedSpans(
  spans: readonly SpanPlace[],
  erasures: readonly Erasure[],
): Map<string, ExecutionKey> {
  const found = new Map<string, ExecutionKey>()
  if (erasures.length === 0) return found
  const names = new Map(
    erasures.filter(({ key }) => !key.fallback).map(({ key }) => [key.executionId, key] as const),
  )
  for (const [traceId, members] of byTrace(spans)) {
    const rows = erasures.filter((erasure) => erasure.traceId === traceId)
    for (const [span, key] of erasedInTrace(members, rows, names)) found.set(`${traceId}${span}`, key)
  }
  return found
}

function erasedInTrace(
  members: ReadonlyMap<string, SpanPlace>,
  rows: readonly Erasure[],
  names: ReadonlyMap<string, ExecutionKey>,
): [string, ExecutionKey][] {
  const stones = new Map<string, ExecutionKey>()
  for (const { key, spanIds } of rows) for (const id of spanIds) stones.set(id, key)
  const named = [...members.values()].map((span) => span.executionId).filter((name) => name !== null)
  const survives = named.some((name) => !names.has(name))
  const namedErased = named.map((name) => names.get(name)).find((key) => key !== undefined)
  const whole = rows.find(({ key }) => !key.fallback) ?? rows[0]
  // who gets what nobody on the way up claims; null = an execution that is left
  const rest = survives ? null : (namedErased ?? whole?.key ?? null)

  /** undefined = look further up. */
  const own = (span: SpanPlace): ExecutionKey | null | undefined => {
    const stone = stones.get(span.spanId)
    // an id of an erased fallback is refused under any name: its root comes last and names the execution
    if (stone?.fallback) return stone
    if (span.executionId !== null) return names.get(span.executionId) ?? null
    return stone
  }
  const decided = new Map<string, ExecutionKey | null>()
  for (const start of members.values()) {
    const path = new Set<string>()
    let at: SpanPlace | undefined = start
    let verdict: ExecutionKey | null | undefined
    while (at !== undefined && verdict === undefined && !path.has(at.spanId)) {
      verdict = decided.get(at.spanId)
      if (verdict !== undefined) break
      path.add(at.spanId)
      verdict = own(at)
      if (verdict !== undefined) break
      const parent: string = at.parentSpanId ?? ''
      at = members.get(parent)
      if (at === undefined) verdict = stones.get(parent)
    }
    for (const id of path) decided.set(id, verdict === undefined ? rest : verdict)
  }
  return [...decided].filter((entry): entry is [string, ExecutionKey] => entry[1] !== null)
}

function byTrace(spans: readonly SpanPlace[]): Map<string, Map<string, SpanPlace>> {
  const traces = new Map<string, Map<string, SpanPlace>>()
  for (const span of spans) {
    let members = traces.get(span.traceId)
    if (members === undefined) traces.set(span.traceId, (members = new Map()))
    const known = members.get(span.spanId)
    // versions of one span, or a log record of it: what either says counts
    const parentSpanId = span.parentSpanId || known?.parentSpanId || null
    members.set(span.spanId, {
      ...span,
      parentSpanId,
      executionId: span.executionId ?? known?.executionId ?? null,
    })
  }
  return traces
}

/** Groups erased spans by execution and trace: what a row of `erasures` says. */
export function groupErased(
  erased: ReadonlyMap<string, ExecutionKey>,
): { key: ExecutionKey; traceId: string; spanIds: string[] }[] {
  const groups = new Map<string, { key: ExecutionKey; traceId: string; spanIds: string[] }>()
  for (const [span, key] of erased) {
    const traceId = span.slice(0, 32)
    const id = `${traceId}${executionKey(key)}`
    let group = groups.get(id)
    if (group === undefined) groups.set(id, (group = { key, traceId, spanIds: [] }))
    group.spanIds.push(span.slice(32))
  }
  return [...groups.values()]
}
