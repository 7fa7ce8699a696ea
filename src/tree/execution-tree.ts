import { resolveExecutions, UNNAMED } from './executions.ts'
import { buildForest, type Forest } from './forest.ts'
import { type Members, membersOf, positionsOf } from './members.ts'
import { depthFirst, type TreeOrder } from './order.ts'
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

/** The span of a row. */
export const spanOf = (tree: ExecutionTree, row: number): SlimSpan =>
  tree.spans[tree.order.positions[row] as number] as SlimSpan

/** Spans of one or more traces, all that there are of them, with their links and executions. */
export interface ResolvedSpans {
  spans: readonly SlimSpan[]
  forest: Forest
  /** The executions that spans name, with their numbers. */
  named: ReadonlyMap<string, number>
  names: string[]
  traceIds: string[]
  /** Of every span, the position of its trace in `traceIds`. */
  traces: Int32Array
  members: Members
  /** −1 for every span: see `depthFirst`. */
  places: Int32Array
}

/** The spans that belong to `key`, and the roots of executions below it, each as one row. */
export const buildExecutionTree = (spans: readonly SlimSpan[], key: ExecutionKey): ExecutionTree =>
  treeOf(resolveSpans(spans), key)

/** The same of spans whose links are known: linear in the rows of the tree. */
export function treeOf(resolved: ResolvedSpans, key: ExecutionKey): ExecutionTree {
  const { spans, forest, members, names, places } = resolved
  const self = numberOfKey(resolved, key)
  const order = depthFirst(forest, positionsOf(members, self), places)
  const subExecutions = Array.from(order.positions, (position) => {
    const number = members.numbers[position] as number
    return number === self ? null : (names[number] ?? '')
  })
  return { key, spans, forest, order, subExecutions }
}

/** The number of an execution among `members`; −1 = no span is of it. A fallback execution is one trace's. */
function numberOfKey(
  { named, names, traceIds }: ResolvedSpans,
  { executionId, fallback }: ExecutionKey,
): number {
  if (!fallback) return named.get(executionId) ?? -1
  const trace = traceIds.indexOf(executionId)
  return trace === -1 ? -1 : names.length + trace
}

/** An execution, and the traces that it has spans in. */
export interface TracedExecution {
  key: ExecutionKey
  traceIds: string[]
}

/** Every execution that spans of these traces belong to. */
export function executionsOf({ members, names, traceIds, traces }: ResolvedSpans): TracedExecution[] {
  const found = new Map<number, { key: ExecutionKey; traces: Set<number> }>()
  for (let i = 0; i < traces.length; i++) {
    const number = members.numbers[i] as number
    const trace = traces[i] as number
    let one = found.get(number)
    if (one === undefined) {
      const name = names[number]
      const key = { executionId: name ?? (traceIds[trace] as string), fallback: name === undefined }
      found.set(number, (one = { key, traces: new Set() }))
    }
    one.traces.add(trace)
  }
  return Array.from(found.values(), ({ key, traces: own }) => ({
    key,
    traceIds: [...own].sort((a, b) => a - b).map((trace) => traceIds[trace] as string),
  }))
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

/** Links spans to their parents and to their executions; `spans` = every span of their traces. */
export function resolveSpans(spans: readonly SlimSpan[]): ResolvedSpans {
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
    spans,
    forest,
    named: numbers,
    names: [...numbers.keys()],
    traceIds,
    traces,
    members: membersOf(forest, resolveExecutions(forest, named, traces), numbers.size, traces),
    places: new Int32Array(spans.length).fill(-1),
  }
}

function numberOf(numbers: Map<string, number>, name: string | null): number {
  if (name === null) return UNNAMED
  let number = numbers.get(name)
  if (number === undefined) numbers.set(name, (number = numbers.size))
  return number
}
