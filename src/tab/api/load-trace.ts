import type { Skeleton } from '../../http/schemas/trace.ts'
import { type Columns, type Execution, joinPages } from '../model/columns.ts'
import type { Api } from './client.ts'
import { FIRST_PAGE, paths } from './paths.ts'

/** Rows of a page after the first. */
const NEXT_PAGE = 10_000
/** Rows that are loaded without being asked for. */
export const AUTOMATIC_ROWS = 50_000

export interface Loaded {
  execution: Execution
  /** Rows of the whole trace. */
  total: number
  columns: Columns
  /** Where to go on; null = everything is here. */
  cursor: string | null
}

/**
 * Loads an execution's structure page by page up to `wanted` rows, and tells of each page. Goes on from
 * `from` where that is given.
 */
export async function loadTrace(
  api: Api,
  execution: string,
  options: { wanted: number; from?: Loaded; signal: AbortSignal; onPage?: (loaded: Loaded) => void },
): Promise<Loaded> {
  const pages: Columns[] = options.from ? [options.from.columns] : []
  let cursor = options.from?.cursor ?? null
  let loaded = options.from
  do {
    const limit = pages.length === 0 ? FIRST_PAGE : NEXT_PAGE
    const { body } = await api.get<Skeleton>(paths.skeleton(execution, limit, cursor), options.signal)
    pages.push(body.columns)
    cursor = body.page_info.has_next_page ? body.page_info.cursor : null
    const columns = joinPages(pages)
    // what happened to rows of the first page while the others came, the stream tells who begins before that
    const stream_from = loaded?.execution.stream_from ?? body.execution.stream_from
    loaded = { execution: { ...body.execution, stream_from }, total: body.total, columns, cursor }
    options.onPage?.(loaded)
  } while (cursor !== null && loaded.columns.span_id.length < options.wanted)
  return loaded
}
