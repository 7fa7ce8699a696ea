import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { BadRequest, NotFound } from '../errors.ts'
import { SPAN_KINDS, SPAN_STATUSES } from '../model/span.ts'
import { VersionedCache } from '../store/versioned-cache.ts'
import { type ExecutionOrder, rowsOfId } from '../tree/execution-order.ts'
import { executionKey } from '../tree/execution-tree.ts'
import { type PagePlace, placeOf, rowAfter } from '../tree/page.ts'
import { indexAt, type Rows, rowsAround, subtreeRows, withAncestors } from '../tree/selection.ts'
import type { RowSpan } from '../tree/slim-span.ts'
import { type TreeRow, treeRows } from '../tree/tree-row.ts'
import { executionTag, formTag, readerTag } from './answer-tag.ts'
import { readCursor, signCursor } from './cursor.ts'
import { isKnown, notModified } from './etag.ts'
import { findMatches, type Matches } from './find-matches.ts'
import type { Parts } from './parts.ts'
import { presentColumns, presentHead } from './present/skeleton.ts'
import type { Reading } from './reading.ts'
import type { RowFilter } from './schemas/requests.ts'
import { Skeleton } from './schemas/trace.ts'

type Filter = Static<typeof RowFilter>
type SkeletonRequest = FastifyRequest & { query: Filter & { limit: number; cursor?: string } }

/** Rows of the executions whose searches are remembered, together: a few bytes each. */
const SEARCHED_ROWS = 500_000

/** Which rows an answer is about, before it is cut into pages. */
interface Chosen {
  rows: Rows
  /** null = nothing was looked for. */
  matches: Matches | null
  /** The row of `around`; −1 = not asked for. */
  around: number
}

/** Answers `?view=skeleton`: a page of rows of the whole tree, a subtree, a neighbourhood, or of matches. */
export function createSkeleton(parts: Parts) {
  // what one page looked for, the next does not look for again
  const searches = new VersionedCache<Chosen>(SEARCHED_ROWS)

  return async (
    request: SkeletonRequest,
    reply: FastifyReply,
    reading: Reading,
  ): Promise<Skeleton | undefined> => {
    const { found, stale, view } = reading
    const { read } = parts.store
    const { limit, cursor } = request.query
    const filter = filterOf(request.query)
    const { execution } = found
    const reader = readerTag(request, reading)
    const form = formTag(parts, Skeleton)
    const of = [executionTag(reading), reader, filter, limit, cursor, form]
    // a second look does not read the tree
    if (isKnown(request, reading, of)) {
      notModified(request, reply, reading, of)
      return undefined
    }
    const { order, spans } = await read.shape(found, stale)
    // whose names a reader may see can change without this execution: then there is no tag
    const ofItself = order.foreign.every((foreign) => foreign === 0)
    if (!ofItself) reply.header('cache-control', 'private, no-store')
    else if (notModified(request, reply, reading, of)) return undefined

    const key = await parts.store.key('', 'cursors')
    const scope = ['skeleton', execution.realm, executionKey(execution.key)].join('\0')
    const filtered = Object.keys(filter).length === 0 ? scope : `${scope}\0${JSON.stringify(filter)}`
    const choose = () => chooseRows(parts, reading, order, filter, limit)
    const chosen =
      stale || !isSearch(filter)
        ? await choose()
        : await searches.get(
            JSON.stringify([filtered, reader]),
            execution.version,
            execution.spanCount,
            choose,
          )
    const from =
      cursor === undefined
        ? 0
        : indexAt(chosen.rows, rowAfter(order, readCursor<PagePlace>(key, filtered, cursor)))
    const to = Math.min(chosen.rows.length, from + limit)
    const page = chosen.rows.subarray(from, to)
    const shown = spans === null ? await read.rows(found, order, page) : null
    const rows = treeRows(order, page, (row, place) =>
      shown === null ? spans?.[order.positions[row] as number] : shown[place],
    )
    const counted = await read.countedRows(found, stale)
    const named = await namedExecutions(parts, reading, request, rows)
    const more = to < chosen.rows.length
    const place = (row: number, where: string) => signCursor(key, where, placeOf(order, row))
    return {
      execution: presentHead(found),
      total: chosen.rows.length,
      columns: {
        ...presentColumns(rows, found, named, counted, view),
        ...(chosen.matches === null
          ? {}
          : { match: rows.map(({ row }) => chosen.matches?.rows.has(row) === true) }),
      },
      ...(chosen.around === -1
        ? {}
        : {
            around: {
              row: chosen.around,
              index: rows.findIndex(({ row }) => row === chosen.around),
              cursor: chosen.around === 0 ? null : place(chosen.around - 1, scope),
            },
          }),
      ...(chosen.matches === null ? {} : { notices: chosen.matches.notices }),
      page_info: { has_next_page: more, cursor: more ? place(page.at(-1) as number, filtered) : null },
    }
  }
}

/** The filter alone, in one order of keys, so that equal filters are equal text. */
function filterOf({ root, depth, around, trace_id, kind, status, q }: Filter): Filter {
  return JSON.parse(JSON.stringify({ root, depth, around, trace_id, kind, status, q })) as Filter
}

const isSearch = ({ kind, status, q, around }: Filter) =>
  around === undefined && (kind !== undefined || status !== undefined || q !== undefined)

async function chooseRows(
  parts: Parts,
  reading: Reading,
  order: ExecutionOrder,
  filter: Filter,
  limit: number,
): Promise<Chosen> {
  if (filter.around !== undefined) {
    const { around: _around, trace_id: _trace, ...others } = filter
    if (Object.keys(others).length > 0) throw new BadRequest('around excludes the other filters')
    const row = rowNamed(order, filter.around, filter.trace_id)
    return { rows: rowsAround(order, row, limit), matches: null, around: row }
  }
  const root = filter.root === undefined ? -1 : rowNamed(order, filter.root, filter.trace_id)
  const rows = subtreeRows(order, root, filter.depth ?? null)
  if (!isSearch(filter)) return { rows, matches: null, around: -1 }
  const matches = await findMatches(parts, reading, order, rows, {
    kinds: wordsOf(filter.kind, SPAN_KINDS, 'kind'),
    statuses: wordsOf(filter.status, SPAN_STATUSES, 'status'),
    text: filter.q ?? null,
    content: reading.view.content,
  })
  return { rows: withAncestors(order, rows, matches.rows), matches, around: -1 }
}

function rowNamed(order: ExecutionOrder, spanId: string, traceId: string | undefined): number {
  const [row] = rowsOfId(order, spanId.toLowerCase(), traceId?.toLowerCase())
  if (row === undefined) throw new NotFound()
  return row
}

function wordsOf<T extends string>(list: string | undefined, known: readonly T[], name: string): T[] | null {
  if (list === undefined) return null
  const words = list.split(',').map((word) => word.trim())
  const unknown = words.find((word) => !known.includes(word as T))
  if (unknown !== undefined) throw new BadRequest(`${name} knows: ${known.join(', ')}`)
  return words as T[]
}

/** Of the executions that begin in these rows, those that the reader may see. */
function namedExecutions(
  parts: Parts,
  { found }: Reading,
  request: FastifyRequest,
  rows: readonly TreeRow<RowSpan>[],
) {
  const ids = new Set(rows.map((row) => row.subExecution).filter((id) => id !== null && id !== ''))
  return parts.store.read.visible(request.principal, found.execution.realm, [...(ids as Set<string>)])
}
