import type { SpanKind, Tokens } from '../model/span.ts'
import { type ExecutionTree, spanOf } from './execution-tree.ts'
import { type Money, NO_MONEY, spanMoney, sumMoney } from './money.ts'
import { displayEndNs, displayStartNs, type SlimSpan } from './slim-span.ts'

/** What a part of an execution used. Tokens: null = nobody said. */
export interface Usage {
  tokens: Tokens
  money: Money
  /** Model calls that were counted: llm, embedding, reranker. */
  calls: number
  llmCalls: number
}

/**
 * Which rows' own usage counts, so that nothing is counted twice. Of two instrumentations of one call, one inside of the
 * other or side by side, the one that tells more counts: streams often end without usage in one of them.
 */
export function countedRows(tree: ExecutionTree): number[] {
  const rows = tree.order.positions.length
  const counted: number[] = []
  const below = callsBelow(tree)
  // places in `counted`, by response id
  const calls = new Map<string, number[]>()
  for (let row = 0; row < rows; row++) {
    if (tree.subExecutions[row] !== null) continue
    const span = spanOf(tree, row)
    const last = row + (tree.order.descendants[row] as number)
    if (isModelCall(span)) {
      const many = (below.leaves[row] as number) > 0
      if (many && !isOneCall(below, span, row)) continue
      const told = many ? mostTold(tree, row, last) : row
      countCall(tree, told, calls, counted)
      if (many) row = last
    } else if (below.leaves[row] === 0 && reports(span)) {
      // a subtree without a model call: its outermost report stands for all of it
      counted.push(row)
      row = last
    }
  }
  return counted
}

/** Counts a call, unless another instrumentation's is counted already, which it replaces if it tells more. */
function countCall(tree: ExecutionTree, row: number, calls: Map<string, number[]>, counted: number[]): void {
  const span = spanOf(tree, row)
  const twin = twinOf(tree, span, calls, counted)
  if (twin === undefined) {
    counted.push(row)
    if (span.responseId !== null) push(calls, span.responseId, counted.length - 1)
  } else if (told(span) > told(spanOf(tree, counted[twin] as number))) counted[twin] = row
}

/** The rows of `countedRows`, one bit for each row of the tree, the lowest of each byte first. */
export function countedBits({ order }: ExecutionTree, counted: readonly number[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(order.positions.length / 8))
  for (const row of counted) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7))
  return bits
}

/** Whether a row's own usage counts, of what `countedBits` made. */
export const isCounted = (bits: Uint8Array, row: number) => (((bits[row >> 3] ?? 0) >> (row & 7)) & 1) === 1

/** The sum over the given rows' own usage: unknown stays unknown, known is added. */
export function sumUsage(tree: ExecutionTree, rows: readonly number[]): Usage {
  const usage: Usage = { tokens: { ...NO_TOKENS }, money: NO_MONEY, calls: 0, llmCalls: 0 }
  for (const row of rows) {
    const span = spanOf(tree, row)
    addTokens(usage.tokens, span.tokens)
    usage.money = sumMoney(usage.money, spanMoney(span))
    if (isModelCall(span)) usage.calls += 1
    if (span.kind === 'llm') usage.llmCalls += 1
  }
  return usage
}

export const NO_TOKENS: Tokens = {
  input: null,
  output: null,
  total: null,
  cachedInput: null,
  cacheWriteInput: null,
  reasoningOutput: null,
}

export const isModelCall = (span: SlimSpan) => KIND_BITS[span.kind] !== undefined

function reports(span: SlimSpan): boolean {
  const { input, output, total } = span.tokens
  return input !== null || output !== null || total !== null || span.cost !== null
}

/** Adds what is known of `tokens` to `sum`. */
export function addTokens(sum: Tokens, tokens: Tokens): void {
  for (const field of Object.keys(NO_TOKENS) as (keyof Tokens)[]) {
    const value = field === 'total' ? totalOf(tokens) : tokens[field]
    if (value !== null) sum[field] = (sum[field] ?? 0) + value
  }
}

/** As given, else what is known of both sides: an embedding has no output, and counts all the same. */
function totalOf({ total, input, output }: Tokens): number | null {
  return total ?? (input === null && output === null ? null : (input ?? 0) + (output ?? 0))
}

/** What is below each row, of the same execution. */
interface CallsBelow {
  /** Model calls with no such call below them. */
  leaves: Int32Array
  /** Bits of the kinds of all model calls. */
  kinds: Uint8Array
  /** Other spans that report usage and stand for it themselves: no model call is below them. */
  reports: Int32Array
}

const KIND_BITS: Partial<Record<SpanKind, number>> = { llm: 1, embedding: 2, reranker: 4 }

/** Looks at every row once, the deepest first: a chain of 50,000 calls is no more work than as many in a row. */
function callsBelow(tree: ExecutionTree): CallsBelow {
  const rows = tree.order.positions.length
  const below = { leaves: new Int32Array(rows), kinds: new Uint8Array(rows), reports: new Int32Array(rows) }
  const { leaves, kinds, reports: reporting } = below
  const parents = parentRows(tree)
  for (let row = rows - 1; row >= 0; row--) {
    const parent = parents[row] as number
    if (parent === -1 || tree.subExecutions[row] !== null) continue
    const span = spanOf(tree, row)
    const own = KIND_BITS[span.kind] ?? 0
    const isLeaf = leaves[row] === 0
    leaves[parent] = (leaves[parent] as number) + (own > 0 && isLeaf ? 1 : (leaves[row] as number))
    kinds[parent] = (kinds[parent] as number) | (kinds[row] as number) | own
    const standing = own === 0 && isLeaf && reports(span) ? 1 : (reporting[row] as number)
    reporting[parent] = (reporting[parent] as number) + standing
  }
  return below
}

/** Row of the parent; -1 = none. */
function parentRows(tree: ExecutionTree): Int32Array {
  const parents = new Int32Array(tree.order.positions.length)
  const open: number[] = []
  for (let row = 0; row < parents.length; row++) {
    const depth = tree.order.depths[row] as number
    parents[row] = depth === 0 ? -1 : (open[depth - 1] as number)
    open[depth] = row
  }
  return parents
}

/** True when all model calls from here on down are one, as several instrumentations saw it: one in the other. */
function isOneCall(below: CallsBelow, span: SlimSpan, row: number): boolean {
  const sameKind = below.kinds[row] === KIND_BITS[span.kind]
  return sameKind && below.leaves[row] === 1 && below.reports[row] === 0
}

/** Of a call and those inside of it the row that tells most; of equal ones the deepest, which is nearest to the call. */
function mostTold(tree: ExecutionTree, first: number, last: number): number {
  let best = first
  for (let row = first + 1; row <= last; row++) {
    if (tree.subExecutions[row] !== null || !isModelCall(spanOf(tree, row))) continue
    if (told(spanOf(tree, row)) >= told(spanOf(tree, best))) best = row
  }
  return best
}

/** How much of its usage a call tells; what a sender reports of its cost is more than an estimate of ours. */
function told({ tokens, cost, costEstimated }: SlimSpan): number {
  const counts = Object.values(tokens).filter((count) => count !== null).length
  return counts + (cost === null ? 0 : costEstimated ? 1 : 2)
}

/**
 * The place of the same call as another instrumentation saw it: equal response ids at overlapping times. A cache or a
 * mock repeats ids apart.
 */
function twinOf(
  tree: ExecutionTree,
  span: SlimSpan,
  calls: ReadonlyMap<string, readonly number[]>,
  counted: readonly number[],
): number | undefined {
  if (span.responseId === null) return undefined
  return calls.get(span.responseId)?.find((place) => {
    const other = spanOf(tree, counted[place] as number)
    return other.traceId === span.traceId && overlap(other, span)
  })
}

function push(places: Map<string, number[]>, id: string, place: number): void {
  const known = places.get(id)
  if (known === undefined) places.set(id, [place])
  else known.push(place)
}

function overlap(a: SlimSpan, b: SlimSpan): boolean {
  const endA = displayEndNs(a)
  const endB = displayEndNs(b)
  return (endB === null || displayStartNs(a) < endB) && (endA === null || displayStartNs(b) < endA)
}
