import { limits } from '../../limits.ts'
import type { ExecutionRecord } from '../../store/execution-record.ts'
import { NO_MONEY, sumMoney } from '../../tree/money.ts'
import type { NodeStats } from '../../tree/node-stats.ts'
import { percentile } from '../../tree/percentile.ts'
import { addTokens, NO_TOKENS } from '../../tree/usage.ts'
import type { Stats } from '../schemas/compare.ts'
import { durationMs } from './time.ts'
import { presentMoney, presentTokens } from './usage.ts'
import type { View } from './view.ts'

/** What was counted. */
export interface Counted {
  workflowId: string
  fromMs: number
  toMs: number
  executions: readonly ExecutionRecord[]
  /** The window has more executions than these. */
  more: boolean
  /** Executions whose nodes were counted. */
  counted: number
}

export function presentStats(what: Counted, nodes: readonly NodeStats[], view: View): Stats {
  const tokens = { ...NO_TOKENS }
  let money = NO_MONEY
  const byStatus = new Map<string, number>()
  for (const execution of what.executions) {
    addTokens(tokens, execution.tokens)
    money = sumMoney(money, execution.money)
    byStatus.set(execution.status, (byStatus.get(execution.status) ?? 0) + 1)
  }
  const durations = what.executions
    .map((one) => durationMs(one.startedNs, one.endedNs))
    .filter((ms) => ms !== null)
  return {
    workflow_id: what.workflowId,
    from: new Date(what.fromMs).toISOString(),
    to: new Date(what.toMs).toISOString(),
    executions: {
      total: what.executions.length,
      by_status: Object.fromEntries(byStatus),
      ...percentiles(durations),
      tokens: presentTokens(tokens),
      cost: presentMoney(money),
    },
    nodes: nodes
      .toSorted((a, b) => b.runs - a.runs || (a.nodeId < b.nodeId ? -1 : 1))
      .map((node) => ({
        node_id: node.nodeId,
        node_name: view.mask(node.name),
        node_kind: node.kind,
        runs: node.runs,
        errors: node.errors,
        ...percentiles(node.durations),
        tokens: presentTokens(node.tokens),
        cost: presentMoney(node.money),
      })),
    sampled: {
      executions: what.more,
      max_executions: limits.statsExecutions,
      node_executions: what.counted,
      max_node_spans: limits.statsNodeSpans,
    },
  }
}

const percentiles = (ms: readonly number[]) => ({ p50_ms: percentile(ms, 0.5), p95_ms: percentile(ms, 0.95) })
