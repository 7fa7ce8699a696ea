import type { Tokens } from '../model/span.ts'
import type { ExecutionTree } from './execution-tree.ts'
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
 * Which rows' own usage counts, so that nothing is counted twice. Of two instrumentations of one call the one that
 * tells more counts: streams often end without usage in one of them.
 */
export function countedRows(tree: ExecutionTree): number[] {
  const rows = tree.order.positions.length
  const counted: number[] = []
  const modelBelow = modelsBelow(tree)
  // places in `counted`, by response id
  const calls = new Map<string, number[]>()
  for (let row = 0; row < rows; row++) {
    if (tree.subExecutions[row] !== null) continue
    const span = spanOf(tree, row)
    if (isModelCall(span)) {
      if (modelBelow[row] === 1 && !speaksFor(tree, row, modelBelow)) continue
      const twin = twinOf(tree, span, calls, counted)
      if (twin === undefined) counted.push(row)
      else if (told(span) > told(spanOf(tree, counted[twin] as number))) counted[twin] = row
      if (twin === undefined && span.responseId !== null) push(calls, span.responseId, counted.length - 1)
      if (modelBelow[row] === 1) row += tree.order.descendants[row] as number
    } else if (modelBelow[row] === 0 && reports(span)) {
      // a subtree without a model call: its outermost report stands for all of it
      counted.push(row)
      row += tree.order.descendants[row] as number
    }
  }
  return counted
}

/** The same, one bit for each row of the tree, the lowest of each byte first. */
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

export const isModelCall = (span: SlimSpan) =>
  span.kind === 'llm' || span.kind === 'embedding' || span.kind === 'reranker'

const spanOf = (tree: ExecutionTree, row: number) =>
  tree.spans[tree.order.positions[row] as number] as SlimSpan

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

/** 1 = there is a model call of the same execution below the row. */
function modelsBelow(tree: ExecutionTree): Uint8Array {
  const rows = tree.order.positions.length
  const below = new Uint8Array(rows)
  const open: number[] = []
  for (let row = 0; row < rows; row++) {
    const depth = tree.order.depths[row] as number
    open.length = depth
    if (tree.subExecutions[row] === null && isModelCall(spanOf(tree, row))) {
      // once a row is marked, so are the rows above it
      for (let level = depth - 1; level >= 0 && below[open[level] as number] === 0; level--) {
        below[open[level] as number] = 1
      }
    }
    open.push(row)
  }
  return below
}

/**
 * True when a call stands over one call that tells nothing: two instrumentations, of which only the outer one saw the
 * usage.
 */
function speaksFor(tree: ExecutionTree, row: number, modelBelow: Uint8Array): boolean {
  if (!reports(spanOf(tree, row))) return false
  const last = row + (tree.order.descendants[row] as number)
  let calls = 0
  for (let below = row + 1; below <= last; below++) {
    if (tree.subExecutions[below] !== null) continue
    const span = spanOf(tree, below)
    if (reports(span) || (isModelCall(span) && modelBelow[below] === 0 && ++calls > 1)) return false
  }
  return true
}

/** How much of its usage a call tells. */
function told({ tokens, cost }: SlimSpan): number {
  const counts = Object.values(tokens).filter((count) => count !== null).length
  return counts + (cost === null ? 0 : 1)
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
