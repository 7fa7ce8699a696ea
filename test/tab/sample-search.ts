import type { Skeleton } from '../../src/http/schemas/trace.ts'
import { type Sample, skeletonPage } from './sample-trace.ts'

export interface PageQuery {
  limit?: string
  cursor?: string
  q?: string
  kind?: string
  status?: string
  around?: string
}

/** A page of the skeleton: of the whole trace, of what matches with its ancestors, or around one span. */
export function filteredPage(sample: Sample, query: PageQuery): Skeleton {
  const limit = Number(query.limit ?? 1000)
  if (query.around !== undefined) {
    const at = sample.list.findIndex((span) => span.id === query.around)
    const wanted = new Set(ancestorsOf(sample, at))
    for (let i = Math.max(0, at - 20); i < Math.min(sample.list.length, at + 20); i++) {
      for (const above of ancestorsOf(sample, i)) wanted.add(above)
    }
    const page = part(sample, wanted)
    return { ...page, around: { row: at, index: page.columns.span_id.indexOf(query.around), cursor: null } }
  }
  const { q, kind, status } = query
  if (q === undefined && kind === undefined && status === undefined) {
    return skeletonPage(sample, Number(query.cursor ?? 0), limit)
  }
  const matches = new Set<number>()
  const wanted = new Set<number>()
  sample.list.forEach((span, i) => {
    if (q !== undefined && !span.name.includes(q)) return
    if (kind !== undefined && !kind.split(',').includes(span.kind)) return
    if (status !== undefined && !status.split(',').includes(span.state)) return
    if (matches.size >= limit) return
    matches.add(i)
    for (const above of ancestorsOf(sample, i)) wanted.add(above)
  })
  const page = part(sample, wanted)
  const rows = [...wanted].sort((a, b) => a - b)
  return { ...page, columns: { ...page.columns, match: rows.map((row) => matches.has(row)) } }
}

/** The rows from the top down to a row, itself among them. */
function ancestorsOf(sample: Sample, row: number): number[] {
  const rows: number[] = []
  let depth = Number.POSITIVE_INFINITY
  for (let at = row; at >= 0 && depth > 0; at--) {
    const span = sample.list[at]
    if (!span || span.depth >= depth) continue
    rows.push(at)
    depth = span.depth
  }
  return rows
}

function part(sample: Sample, rows: ReadonlySet<number>): Skeleton {
  const list = sample.list.filter((_, i) => rows.has(i))
  return skeletonPage({ ...sample, list }, 0, list.length)
}
