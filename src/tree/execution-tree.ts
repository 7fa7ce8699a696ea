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

/** Spans of one or more traces, all that there are of them, with their links and executions. */
/** The span of a row. */
export const spanOf = (tree: ExecutionTree, row: number): SlimSpan =>
  tree.spans[tree.order.positions[row] as number] as SlimSpan

export interface ResolvedSpans {
  spans: readonly SlimSpan[]
  forest: Forest
  /** Of every span, the position of its execution in `names`, or `UNNAMED`. */
  executions: Int32Array
  names: string[]
  traceIds: string[]
  /** Of every span, the position of its trace in `traceIds`. */
  traces: Int32Array
}

/** The spans that belong to `key`, and the roots of executions below it, each as one row. */
export const buildExecutionTree = (spans: readonly SlimSpan[], key: ExecutionKey): ExecutionTree =>
  treeOf(resolveSpans(spans), key)

/** The same of spans whose links are known. */
export function treeOf(resolved: ResolvedSpans, key: ExecutionKey): ExecutionTree {
  const { spans, forest, executions, names, traceIds, traces } = resolved
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
export function executionsOf({ executions, names, traceIds, traces }: ResolvedSpans): ExecutionKey[] {
  // most traces have one execution: a look at each span, and nothing made for it
  const seen = new Set<number>()
  const keys: ExecutionKey[] = []
  for (let i = 0; i < executions.length; i++) {
    const execution = executions[i] as number
    const trace = traces[i] as number
    const number = execution === UNNAMED ? -1 - trace : execution
    if (seen.has(number)) continue
    seen.add(number)
    const name = names[execution]
    keys.push(
      name === undefined
        ? { executionId: traceIds[trace] as string, fallback: true }
        : { executionId: name, fallback: false },
    )
  }
  return keys
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
