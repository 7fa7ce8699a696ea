import { type ExecutionTree, spanOf } from './execution-tree.ts'
import { deepestErrors } from './roll-up.ts'
import { countedRows, isModelCall, sumUsage, type Usage } from './usage.ts'
import { type UsageGroup, usageByModel } from './usage-groups.ts'

/** What a span and everything below it used, each call once. Executions that begin below are not part of it. */
export interface SubtreeUsage {
  spanCount: number
  errorCount: number
  usage: Usage
  /** True = no call of a model is below: the numbers are what the outermost spans with a report say of themselves. */
  aggregated: boolean
  byModel: UsageGroup[]
}

/** The first own row of a span id, of one trace if it is named, by the start of the spans; −1 = none. */
export function rowOfSpan(tree: ExecutionTree, spanId: string, traceId?: string): number {
  let first = -1
  for (let row = 0; row < tree.order.positions.length; row++) {
    const span = spanOf(tree, row)
    if (span.spanId !== spanId || tree.subExecutions[row] !== null) continue
    if (traceId !== undefined && span.traceId !== traceId) continue
    if (first === -1 || span.startNs < spanOf(tree, first).startNs) first = row
  }
  return first
}

/** The usage of the span of a row and of all below it, by the rules of the whole execution. */
export function subtreeUsage(tree: ExecutionTree, row: number): SubtreeUsage {
  const part = subtreeOf(tree, row)
  const own = Array.from(part.order.positions.keys()).filter((row) => part.subExecutions[row] === null)
  const counted = countedRows(part)
  return {
    spanCount: own.length,
    errorCount: deepestErrors(part, own).length,
    usage: sumUsage(part, counted),
    aggregated: counted.length > 0 && !counted.some((row) => isModelCall(spanOf(part, row))),
    byModel: usageByModel(part),
  }
}

/** A row and those below it, as a tree of its own. */
function subtreeOf(tree: ExecutionTree, row: number): ExecutionTree {
  const { positions, depths, descendants } = tree.order
  const end = row + 1 + (descendants[row] as number)
  const above = depths[row] as number
  return {
    ...tree,
    order: {
      positions: positions.slice(row, end),
      depths: depths.slice(row, end).map((depth) => depth - above),
      descendants: descendants.slice(row, end),
    },
    subExecutions: tree.subExecutions.slice(row, end),
  }
}
