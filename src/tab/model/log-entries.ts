import type { Columns } from './columns.ts'
import type { SpanKind } from './kinds.ts'
import type { Tree } from './tree.ts'

/** A step of the log: a model call with its messages, something else that happened, or where a part begins. */
export interface LogEntry {
  type: 'turn' | 'step' | 'part'
  row: number
  /** The model call before this one in the same part, whose messages this one repeats; -1 = none. */
  previous: number
}

const STEPS: ReadonlySet<SpanKind> = new Set(['tool', 'retriever', 'embedding', 'reranker', 'guardrail'])
const PARTS: ReadonlySet<SpanKind> = new Set(['workflow', 'agent', 'node'])

/**
 * The conversation of an execution in the order of time: model calls, between them the tools that ran, and the
 * nodes and agents to which they belong. A part in which nothing of that happened is left out.
 */
export function logEntries(tree: Tree, columns: Columns): LogEntry[] {
  const kindOf = (row: number) => columns.kind[tree.span[row] ?? -1]
  const hasCall = callsBelow(tree, kindOf)
  const entries: LogEntry[] = []
  for (let row = 0; row < tree.length; row++) {
    const kind = kindOf(row)
    if (kind === undefined) continue
    const state = columns.state[tree.span[row] ?? -1]
    if (kind === 'llm' && !hasCall[row]) entries.push({ type: 'turn', row, previous: -1 })
    else if (STEPS.has(kind)) entries.push({ type: 'step', row, previous: -1 })
    else if (PARTS.has(kind)) entries.push({ type: 'part', row, previous: -1 })
    else if (state === 'error' && !hasChildren(tree, row)) entries.push({ type: 'step', row, previous: -1 })
  }
  const at = (entry: LogEntry) => columns.offset_ms[tree.span[entry.row] ?? -1] ?? 0
  // Depth first is the order of equal times: a part comes before what is in it.
  entries.sort((a, b) => at(a) - at(b) || a.row - b.row)
  const last = new Map<number, number>()
  for (const entry of entries) {
    if (entry.type !== 'turn') continue
    const part = tree.parent[entry.row] ?? -1
    entry.previous = last.get(part) ?? -1
    last.set(part, entry.row)
  }
  const inside = new Set<number>()
  for (const entry of entries) {
    if (entry.type === 'part') continue
    for (let row = tree.parent[entry.row] ?? -1; row >= 0 && !inside.has(row); row = tree.parent[row] ?? -1) {
      inside.add(row)
    }
  }
  return entries.filter(
    (entry) => entry.type !== 'part' || inside.has(entry.row) || failed(columns, tree, entry),
  )
}

/** An event of a span: when it was, in milliseconds from the start of the execution, and what it is called. */
export interface LogEvent {
  at: number
  name: string
}

/** A line of everything that happened: a span began, it ended, or it told of an event. */
export interface LogLine {
  row: number
  /** Milliseconds from the start of the execution. */
  at: number
  ended: boolean
  /** The event's name; undefined = the span itself began or ended. */
  event?: string
}

/** Every start, every end and the events that were read, by key of their span, in the order of time. */
export function logLines(
  tree: Tree,
  columns: Columns,
  events: ReadonlyMap<string, LogEvent[]> = new Map(),
): LogLine[] {
  const lines: LogLine[] = []
  for (let row = 0; row < tree.length; row++) {
    const index = tree.span[row] ?? -1
    const at = columns.offset_ms[index]
    if (at === undefined) continue
    lines.push({ row, at, ended: false })
    for (const { at, name } of events.get(tree.keys[row] ?? '') ?? []) {
      lines.push({ row, at, ended: false, event: name })
    }
    const duration = columns.duration_ms[index]
    if (duration !== null && duration !== undefined) lines.push({ row, at: at + duration, ended: true })
  }
  return lines.sort((a, b) => a.at - b.at || orderOf(a) - orderOf(b))
}

/** At one moment: what ends, the innermost first, then what begins, the outermost first. */
function orderOf(line: LogLine): number {
  return line.ended ? -line.row - 1 : line.row
}

function callsBelow(tree: Tree, kindOf: (row: number) => SpanKind | undefined): Uint8Array {
  const below = new Uint8Array(tree.length)
  for (let row = tree.length - 1; row >= 0; row--) {
    const parent = tree.parent[row] ?? -1
    if (parent >= 0 && (below[row] || kindOf(row) === 'llm')) below[parent] = 1
  }
  return below
}

function hasChildren(tree: Tree, row: number): boolean {
  return (tree.end[row] ?? 0) > row + 1
}

function failed(columns: Columns, tree: Tree, entry: LogEntry): boolean {
  return columns.state[tree.span[entry.row] ?? -1] === 'error'
}
