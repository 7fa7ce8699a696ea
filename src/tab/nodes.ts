import type { Skeleton } from '../http/schemas/trace.ts'
import { nodesOf } from './model/node-runs.ts'
import { buildTree } from './model/tree.ts'

/** How a node of the workflow fared in one execution; what is unknown is null, never 0. */
export interface NodeState {
  status: 'running' | 'ok' | 'error' | 'cancelled' | 'interrupted'
  /** How often it ran, and how often it failed. */
  runs: number
  errors: number
  /** Milliseconds of all runs together; a running one counts until `nowMs`. */
  durationMs: number
  inputTokens: number | null
  outputTokens: number | null
  /** US dollars. */
  cost: number | null
}

/**
 * From an execution's skeleton (`GET …/trace?view=skeleton`) to its nodes by their ids, so that a Canvas can
 * paint its own graph. `skeleton` is that answer as it came (all pages joined). Pure; `nowMs` is the time in Unix milliseconds, for nodes that still run.
 */
export function nodeStates(skeleton: object, nowMs: number): Map<string, NodeState> {
  const { columns, execution } = skeleton as Skeleton
  const started = execution.started_at === null ? nowMs : Date.parse(execution.started_at)
  const nodes = nodesOf(buildTree(columns), columns, Math.max(0, nowMs - started))
  return new Map(
    nodes.map((node) => [
      node.id,
      {
        status: node.state,
        runs: node.runs.length,
        errors: node.errors,
        durationMs: node.duration,
        inputTokens: node.input,
        outputTokens: node.output,
        cost: node.cost,
      },
    ]),
  )
}
