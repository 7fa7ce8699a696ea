import { limits } from '../limits.ts'
import type { Candidate, SpanSearch } from '../store/search-spans.ts'
import { type ExecutionOrder, idOfRow, rowOfId } from '../tree/execution-order.ts'
import type { Rows } from '../tree/selection.ts'
import type { Parts } from './parts.ts'
import { plainAttributes } from './present/attributes.ts'
import type { View } from './present/view.ts'
import type { Reading } from './reading.ts'
import type { Notice } from './schemas/common.ts'

/** Rows that are looked at with one query. */
const CHUNK = 2_000

/** Rows that match, and a word when the search stopped early. */
export interface Matches {
  rows: Set<number>
  notices: Notice[]
}

/**
 * Looks for rows that match, in tree order. Text is compared as this reader sees it: masked, and without content
 * where the token lacks content:read; of executions below only their own readers know the texts. Stops after
 * `limits.searchMs` or `limits.searchMatches` and says so.
 */
export async function findMatches(
  parts: Parts,
  { found, view }: Reading,
  order: ExecutionOrder,
  within: Rows,
  search: SpanSearch,
): Promise<Matches> {
  const rows = new Set<number>()
  const text = search.text?.toLowerCase() ?? null
  const candidates = text === null ? within : within.filter((row) => order.foreign[row] === 0)
  const until = performance.now() + limits.searchMs
  let looked = 0
  while (looked < candidates.length && rows.size < limits.searchMatches && performance.now() < until) {
    const chunk = candidates.subarray(looked, looked + CHUNK)
    const ids = Array.from(chunk, (row) => {
      const [traceId, spanId] = idOfRow(order, row)
      return { traceId, spanId }
    })
    for (const candidate of await parts.store.read.search(found, ids, search)) {
      if (text !== null && !shows(candidate, text, view)) continue
      rows.add(rowOfId(order, candidate.traceId, candidate.spanId))
    }
    looked += chunk.length
  }
  if (looked === candidates.length) return { rows, notices: [] }
  const message = `The search stopped early: ${looked} of ${candidates.length} spans were looked at`
  return { rows, notices: [{ code: 'search_stopped', message, count: looked }] }
}

function shows({ texts, content }: Candidate, text: string, view: View): boolean {
  const holds = (value: string) => value.toLowerCase().includes(text)
  if (texts.some((value) => holds(view.mask(value)))) return true
  return view.content && content.size > 0 && stringsOf(view.mask(plainAttributes(content))).some(holds)
}

/** Every string of a JSON value. Iterative: depth is bounded by nothing here. */
function stringsOf(value: unknown): string[] {
  const strings: string[] = []
  const left = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next === 'string') strings.push(next)
    else if (typeof next === 'object' && next !== null) left.push(...Object.values(next))
  }
  return strings
}
