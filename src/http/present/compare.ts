import type { FoundExecution } from '../../store/find-execution.ts'
import type { AlignedNode, NodeRuns } from '../../tree/compare.ts'
import type { ComparedArtifacts } from '../compare-artifacts.ts'
import type { Change, Comparison, Prompt } from '../schemas/compare.ts'
import { durationMs } from './time.ts'
import { presentMoney, presentTokens } from './usage.ts'
import type { View } from './view.ts'

/** A difference that counts: a tenth, and more than the noise of a clock. */
const RATIO = 1.1
const MIN_DELTA_MS = 5
const MIN_DELTA_TOKENS = 10

export function presentCompared({ execution }: FoundExecution): Comparison['a'] {
  return {
    execution_id: execution.key.executionId,
    workflow_id: execution.workflowId,
    status: execution.status,
    duration_ms: durationMs(execution.startedNs, execution.endedNs),
    span_count: execution.spanCount,
    error_count: execution.errorCount,
    tokens: presentTokens(execution.tokens),
    cost: presentMoney(execution.money),
    complete: execution.complete,
  }
}

export function presentNode(
  node: AlignedNode,
  prompts: Prompt[],
  artifacts: ReturnType<ComparedArtifacts['of']>,
  view: View,
): Comparison['nodes'][number] {
  const { a, b } = node
  const duration = delta(a?.durationMs ?? null, b?.durationMs ?? null)
  const tokens = delta(totalOf(a), totalOf(b))
  const cost = delta(dollars(a), dollars(b))
  const changes: Change[] = []
  if (a === null) changes.push('added')
  else if (b === null) changes.push('removed')
  else {
    if (a.runs !== b.runs) changes.push('repeated')
    if (counts(duration, MIN_DELTA_MS)) changes.push(duration.delta > 0 ? 'slower' : 'faster')
    const dear = counts(cost, 0) ? cost : counts(tokens, MIN_DELTA_TOKENS) ? tokens : null
    if (dear !== null) changes.push(dear.delta > 0 ? 'dearer' : 'cheaper')
    if (a.status !== b.status) changes.push('status')
    if (prompts.length > 0) changes.push('prompt')
    if (artifacts.changes.length > 0) changes.push('artifact')
  }
  return {
    node_id: node.nodeId,
    name: view.mask(node.name),
    kind: node.kind,
    depth: node.depth,
    changes,
    a: a === null ? null : side(a, artifacts.a),
    b: b === null ? null : side(b, artifacts.b),
    duration,
    tokens,
    cost,
    prompts,
    artifacts: artifacts.changes.map((one) => ({
      change: one.a === null ? 'added' : one.b === null ? 'removed' : 'changed',
      a: one.a,
      b: one.b,
    })),
  }
}

function side(runs: NodeRuns, artifacts: number): NonNullable<Comparison['nodes'][number]['a']> {
  return {
    runs: runs.runs,
    errors: runs.errors,
    state: runs.status,
    duration_ms: runs.durationMs,
    tokens: presentTokens(runs.usage.tokens),
    cost: presentMoney(runs.usage.money),
    artifacts,
  }
}

type Delta = { delta: number; ratio: number | null } | null

const delta = (a: number | null, b: number | null): Delta =>
  a === null || b === null ? null : { delta: b - a, ratio: a === 0 ? null : b / a }

function counts(change: Delta, least: number): change is NonNullable<Delta> {
  if (change === null || change.delta === 0 || Math.abs(change.delta) < least) return false
  return change.ratio === null || change.ratio >= RATIO || change.ratio <= 1 / RATIO
}

const totalOf = (runs: NodeRuns | null) => (runs === null ? null : presentTokens(runs.usage.tokens).total)

function dollars(runs: NodeRuns | null): number | null {
  const amount = runs === null ? null : presentMoney(runs.usage.money).amount
  return amount === null ? null : Number(amount)
}
