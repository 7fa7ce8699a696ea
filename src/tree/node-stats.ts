import type { Tokens } from '../model/span.ts'
import type { ExecutionTree } from './execution-tree.ts'
import { type Money, NO_MONEY, sumMoney } from './money.ts'
import { displayDurationMs, type SlimSpan } from './slim-span.ts'
import { addTokens, NO_TOKENS } from './usage.ts'
import { nodeRuns, usageByNode } from './usage-groups.ts'

/** What the runs of one node were, over many executions. */
export interface NodeStats {
  nodeId: string
  name: string | null
  kind: string | null
  runs: number
  errors: number
  /** Milliseconds of each run that ended. */
  durations: number[]
  tokens: Tokens
  money: Money
}

/** Adds the nodes of one execution to those of others. */
export function addNodeStats(stats: Map<string, NodeStats>, tree: ExecutionTree): void {
  const runs = nodeRuns(tree)
  for (const group of usageByNode(tree)) {
    const nodeId = group.id ?? ''
    let node = stats.get(nodeId)
    if (node === undefined) {
      const { name, kind } = group
      node = {
        nodeId,
        name,
        kind,
        runs: 0,
        errors: 0,
        durations: [],
        tokens: { ...NO_TOKENS },
        money: NO_MONEY,
      }
      stats.set(nodeId, node)
    }
    node.runs += group.calls
    node.errors += group.errors
    addTokens(node.tokens, group.usage.tokens)
    node.money = sumMoney(node.money, group.usage.money)
    for (const row of runs.get(nodeId) ?? []) {
      const ms = displayDurationMs(tree.spans[tree.order.positions[row] as number] as SlimSpan)
      if (ms !== null) node.durations.push(ms)
    }
  }
}
