import type { Skeleton } from '../../http/schemas/trace.ts'
import { DASH } from './format.ts'

/** The rows' columns; what only a filtered answer has is left out. */
export type Columns = Omit<Skeleton['columns'], 'match'>
export type Execution = Skeleton['execution']

/**
 * Names a span within one execution: its id, and the index of its trace where the execution has several
 * (a span id may repeat across traces).
 */
export function spanKey(columns: Columns, index: number): string {
  const trace = columns.trace[index] ?? 0
  const id = columns.span_id[index] ?? ''
  return trace === 0 ? id : `${id}~${trace}`
}

/** The inverse of `spanKey`: the span's id and the index of its trace. */
export function parseKey(key: string): { spanId: string; trace: number } {
  const [spanId = '', trace = '0'] = key.split('~')
  return { spanId, trace: Number(trace) || 0 }
}

/** The columns of several pages as one, in order; a row that came before is left out. */
export function joinPages(pages: readonly Columns[]): Columns {
  const [first] = pages
  if (first && pages.length === 1) return first
  const joined = emptyColumns()
  const seen = new Set<string>()
  const names = Object.keys(joined) as (keyof Columns)[]
  for (const page of pages) {
    for (let i = 0; i < page.span_id.length; i++) {
      const key = spanKey(page, i)
      if (seen.has(key)) continue
      seen.add(key)
      for (const name of names) (joined[name] as unknown[]).push(page[name][i])
    }
  }
  return joined
}

/** Columns without a row. */
function emptyColumns(): Columns {
  return {
    span_id: [],
    parent_span_id: [],
    trace: [],
    depth: [],
    descendants: [],
    name: [],
    title: [],
    kind: [],
    state: [],
    offset_ms: [],
    duration_ms: [],
    node_id: [],
    model: [],
    input_tokens: [],
    output_tokens: [],
    cost: [],
    counted: [],
    artifacts: [],
    notices: [],
    event_count: [],
    missing_parent: [],
    sub_execution: [],
  }
}

/** What a row is called: its title where the service gives one, else the span's name; a dash if it has none. */
export function titleOf(columns: Columns, index: number): string {
  const title = columns.title[index] ?? columns.name[index]
  return title === undefined || title.trim() !== '' ? (title ?? '') : DASH
}
