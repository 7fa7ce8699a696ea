import { childRows, criticalPath, rowTimes, selfTimes } from './critical-path.ts'
import type { ExecutionTree } from './execution-tree.ts'
import { displayDurationMs, type SlimSpan } from './slim-span.ts'
import { type UsageGroup, usageByModel, usageByNode } from './usage-groups.ts'
import { type UsageBucket, usageOverTime } from './usage-over-time.ts'

/** A span with the time that was its own. */
export interface TimedSpan {
  traceId: string
  spanId: string
  name: string
  kind: SlimSpan['kind']
  nodeId: string | null
  selfNs: bigint
  /** null = running. */
  durationMs: number | null
  /** It is the root of another execution. */
  foreign: boolean
}

/** What a summary says beside the roll-up: small, whatever the size of the tree. */
export interface Analysis {
  byModel: UsageGroup[]
  byNode: UsageGroup[]
  criticalPath: TimedSpan[]
  /** Steps of the whole path, of which the longest are told. */
  criticalSteps: number
  slowest: TimedSpan[]
  overTime: { widthNs: bigint; buckets: UsageBucket[] }
  /** The first own spans that refer to artifacts. */
  withArtifacts: { traceId: string; spanId: string }[]
  /** The executions that begin in this one, by the names that their roots say. */
  children: string[]
}

const PATH_STEPS = 200
const SLOWEST = 10
const BUCKETS = 60
/** Spans with artifacts: more than a summary lists. */
const ARTIFACT_SPANS = 1_000

/** Everything that a summary needs of a tree. Linear but for sorting. */
export function analyse(tree: ExecutionTree): Analysis {
  const times = rowTimes(tree)
  const children = childRows(tree)
  const path = criticalPath(tree, times, children)
  const timed = ({ row, selfNs }: { row: number; selfNs: bigint }): TimedSpan => {
    const span = tree.spans[tree.order.positions[row] as number] as SlimSpan
    const { traceId, spanId, name, kind, nodeId } = span
    const foreign = tree.subExecutions[row] !== null
    return { traceId, spanId, name, kind, nodeId, selfNs, durationMs: displayDurationMs(span), foreign }
  }
  const slowest = selfTimes(tree, times, children)
    .map((selfNs, row) => ({ row, selfNs }))
    .filter(({ row }) => tree.subExecutions[row] === null)
  return {
    byModel: usageByModel(tree),
    byNode: usageByNode(tree),
    criticalPath: longest(path, PATH_STEPS)
      .sort((a, b) => a.row - b.row)
      .map(timed),
    criticalSteps: path.length,
    slowest: longest(slowest, SLOWEST).map(timed),
    overTime: usageOverTime(tree, BUCKETS),
    withArtifacts: Array.from(tree.order.positions, (position) => tree.spans[position] as SlimSpan)
      .filter((span, row) => span.artifactCount > 0 && tree.subExecutions[row] === null)
      .slice(0, ARTIFACT_SPANS)
      .map(({ traceId, spanId }) => ({ traceId, spanId })),
    children: [...new Set(tree.subExecutions.filter((id) => id !== null && id !== ''))] as string[],
  }
}

function longest<T extends { selfNs: bigint; row: number }>(steps: readonly T[], most: number): T[] {
  return steps
    .toSorted((a, b) => (a.selfNs === b.selfNs ? a.row - b.row : a.selfNs < b.selfNs ? 1 : -1))
    .slice(0, most)
}
