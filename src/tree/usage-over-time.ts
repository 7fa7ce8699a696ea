import type { ExecutionTree } from './execution-tree.ts'
import { displayEndNs, displayStartNs, type SlimSpan } from './slim-span.ts'
import { countedRows, sumUsage, type Usage } from './usage.ts'

/** What was used in one stretch of an execution: a call counts where it ended. */
export interface UsageBucket {
  startNs: bigint
  errors: number
  usage: Usage
}

/** Usage over the time of an execution in at most `most` equal stretches, the empty ones included. */
export function usageOverTime(
  tree: ExecutionTree,
  most: number,
): { widthNs: bigint; buckets: UsageBucket[] } {
  const rows = countedRows(tree)
  const ends = rows.map((row) => {
    const span = tree.spans[tree.order.positions[row] as number] as SlimSpan
    return displayEndNs(span) ?? displayStartNs(span)
  })
  if (rows.length === 0) return { widthNs: 0n, buckets: [] }
  let first = ends[0] as bigint
  let last = first
  for (const end of ends) {
    if (end < first) first = end
    if (end > last) last = end
  }
  const widthNs = (last - first) / BigInt(most) + 1n
  const count = Number((last - first) / widthNs) + 1
  const byBucket: number[][] = Array.from({ length: count }, () => [])
  for (const [i, row] of rows.entries()) byBucket[Number(((ends[i] as bigint) - first) / widthNs)]?.push(row)
  const isError = (row: number) => tree.spans[tree.order.positions[row] as number]?.status === 'error'
  return {
    widthNs,
    buckets: byBucket.map((bucket, i) => ({
      startNs: first + BigInt(i) * widthNs,
      errors: bucket.filter(isError).length,
      usage: sumUsage(tree, bucket),
    })),
  }
}
