import { type ExecutionTree, spanOf } from './execution-tree.ts'
import { displayEndNs, displayStartNs } from './slim-span.ts'
import { countedRows, isModelCall, sumUsage, type Usage } from './usage.ts'

/** What the spans of one model or one node used together. */
export interface UsageGroup {
  /** The model, or the node's id; null = the model is not known. */
  id: string | null
  /** The provider, or the node's name. */
  name: string | null
  kind: string | null
  /** Model calls, or runs of the node. */
  calls: number
  errors: number
  usage: Usage
  /** Wall time of the calls, added up. */
  durationNs: bigint
}

/** Counted model calls by model and provider, in order of first use. */
export function usageByModel(tree: ExecutionTree): UsageGroup[] {
  const groups = new Map<string, number[]>()
  for (const row of countedRows(tree)) {
    const span = spanOf(tree, row)
    if (!isModelCall(span) && span.model === null) continue
    push(groups, `${span.model}\0${span.provider}`, row)
  }
  return [...groups.values()].map((rows) => {
    const span = spanOf(tree, rows[0] as number)
    return group(tree, { id: span.model, name: span.provider, kind: null }, rows, rows)
  })
}

/**
 * Runs of each node, with the usage below them. What a node within a node uses belongs to the inner one, so
 * that the sum over nodes is never more than the total.
 */
export function usageByNode(tree: ExecutionTree): UsageGroup[] {
  const counted = new Map<string, number[]>()
  const isCounted = new Set(countedRows(tree))
  const runs = nodeRuns(tree, (row, node) => {
    if (isCounted.has(row)) push(counted, node, row)
  })
  return [...runs].map(([id, rows]) => {
    const { nodeName: name, nodeKind: kind } = spanOf(tree, rows[0] as number)
    return group(tree, { id, name, kind }, rows, counted.get(id) ?? [])
  })
}

/** The rows that begin a run of each node, by its id; `within` is told of every row that is part of one. */
export function nodeRuns(
  tree: ExecutionTree,
  within: (row: number, node: string) => void = () => {},
): Map<string, number[]> {
  const runs = new Map<string, number[]>()
  const open: (string | null)[] = []
  for (let row = 0; row < tree.order.positions.length; row++) {
    if (tree.subExecutions[row] !== null) continue
    const span = spanOf(tree, row)
    open.length = Math.min(open.length, tree.order.depths[row] as number)
    const above = open.at(-1) ?? null
    // spans below a node often repeat its id: they are part of that run, not runs of their own
    if (span.nodeId !== null && span.nodeId !== above) push(runs, span.nodeId, row)
    const node = span.nodeId ?? above
    open.push(node)
    if (node !== null) within(row, node)
  }
  return runs
}

function group(
  tree: ExecutionTree,
  named: Pick<UsageGroup, 'id' | 'name' | 'kind'>,
  runs: readonly number[],
  counted: readonly number[],
): UsageGroup {
  const spans = runs.map((row) => spanOf(tree, row))
  return {
    ...named,
    calls: runs.length,
    errors: spans.filter((span) => span.status === 'error').length,
    usage: sumUsage(tree, counted),
    durationNs: spans.reduce(
      (sum, span) => sum + ((displayEndNs(span) ?? displayStartNs(span)) - displayStartNs(span)),
      0n,
    ),
  }
}

function push(groups: Map<string, number[]>, key: string, row: number): void {
  const rows = groups.get(key)
  if (rows === undefined) groups.set(key, [row])
  else rows.push(row)
}
