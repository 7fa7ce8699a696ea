import { resolveExecutions, UNNAMED } from './executions.ts'
import { buildForest, type Forest } from './forest.ts'
import { memberOrder, type TreeOrder } from './order.ts'
import { PARENT_IS_REMOTE, type SlimSpan } from './slim-span.ts'

/** Which execution: one that spans name, or the fallback of a trace whose spans name none. */
export interface ExecutionKey {
  executionId: string
  fallback: boolean
}

/** The spans of an execution in depth-first order. Positions index `spans`. */
export interface ExecutionTree {
  key: ExecutionKey
  /** Every span of the traces of the execution, of which the tree shows some. */
  spans: readonly SlimSpan[]
  forest: Forest
  order: TreeOrder
  /** Row by row: the execution that begins here, of which this tree shows the root only; null = own span. */
  subExecutions: (string | null)[]
}

/** The spans that belong to `key`, and the roots of executions below it, each as one row. */
export function buildExecutionTree(spans: readonly SlimSpan[], key: ExecutionKey): ExecutionTree {
  const { forest, executions, names, traceIds, traces } = resolveSpans(spans)
  const self = key.fallback ? UNNAMED : names.indexOf(key.executionId)
  const own = (position: number) =>
    executions[position] === self &&
    // a name that no span says is nobody's; a fallback execution is one trace's
    (self !== UNNAMED || (key.fallback && traceIds[traces[position] as number] === key.executionId))
  const order = memberOrder(forest, own)
  const subExecutions = Array.from(order.positions, (position) =>
    own(position) ? null : (names[executions[position] as number] ?? ''),
  )
  return { key, spans, forest, order, subExecutions }
}

/** Every execution that spans of these traces belong to. */
export function executionsOf(
  spans: readonly SlimSpan[],
): Map<string, { key: ExecutionKey; traceIds: Set<string> }> {
  const { executions, names } = resolveSpans(spans)
  const found = new Map<string, { key: ExecutionKey; traceIds: Set<string> }>()
  for (let i = 0; i < spans.length; i++) {
    const { traceId } = spans[i] as SlimSpan
    const name = names[executions[i] as number]
    const key =
      name === undefined ? { executionId: traceId, fallback: true } : { executionId: name, fallback: false }
    const id = executionKey(key)
    let entry = found.get(id)
    if (entry === undefined) found.set(id, (entry = { key, traceIds: new Set() }))
    entry.traceIds.add(traceId)
  }
  return found
}

/** A string that tells executions of a realm apart, sorted as `executions` is locked. */
export const executionKey = (key: ExecutionKey) => `${key.executionId}\0${key.fallback ? 1 : 0}`

/** A root: it has no parent, or one in another process that never came. */
export function isRoot(tree: ExecutionTree, row: number): boolean {
  return tree.order.depths[row] === 0 && missingParent(tree, row) === null
}

/** The id of the parent that a row waits for; null = it waits for none. */
export function missingParent(tree: ExecutionTree, row: number): string | null {
  const position = tree.order.positions[row] as number
  const span = tree.spans[position] as SlimSpan
  return tree.forest.orphans[position] === 1 && (span.flags & PARENT_IS_REMOTE) === 0
    ? span.parentSpanId
    : null
}

function resolveSpans(spans: readonly SlimSpan[]) {
  const traceIds = [...new Set(spans.map((span) => span.traceId))].sort()
  const traceNumbers = new Map(traceIds.map((id, index) => [id, index]))
  const traces = Int32Array.from(spans, (span) => traceNumbers.get(span.traceId) as number)
  const numbers = new Map<string, number>()
  const named = Int32Array.from(spans, (span) => numberOf(numbers, span.executionId))
  const forest = buildForest({
    spanIds: spans.map((span) => span.spanId),
    parentIds: spans.map((span) => span.parentSpanId),
    traces,
    starts: spans.map((span) => span.startNs),
  })
  return {
    forest,
    executions: resolveExecutions(forest, named, traces),
    names: [...numbers.keys()],
    traceIds,
    traces,
  }
}

function numberOf(numbers: Map<string, number>, name: string | null): number {
  if (name === null) return UNNAMED
  let number = numbers.get(name)
  if (number === undefined) numbers.set(name, (number = numbers.size))
  return number
}
