import { type Columns, titleOf } from './columns.ts'
import type { SpanKind } from './kinds.ts'
import { spanWindow } from './timeline.ts'
import type { Tree } from './tree.ts'

/** One run of a node of the workflow: a span of the tree that stands for it. */
export interface NodeRun {
  row: number
  /** Milliseconds from the start of the execution. */
  from: number
  to: number
  /** The nearest run above it; -1 = none. */
  parent: number
}

/** A node of the workflow as it ran: all its runs together. Unknown numbers are null, never 0. */
export interface NodeOfGraph {
  id: string
  name: string
  kind: SpanKind
  runs: NodeRun[]
  /** The worst that happened to a run, or what the newest is doing. */
  state: Columns['state'][number]
  errors: number
  /** Milliseconds of all runs together. */
  duration: number
  input: number | null
  output: number | null
  cost: number | null
  /** Calls of models and of tools in its runs. */
  modelCalls: number
  toolCalls: number
}

/** Kinds that stand for nodes where a workflow has none of its own. */
const STEPS: ReadonlySet<SpanKind> = new Set([
  'agent',
  'llm',
  'tool',
  'retriever',
  'embedding',
  'reranker',
  'guardrail',
])

/**
 * The nodes of an execution in the order of their first run, as the service counts them. A node is what spans name
 * (`node_id`); what is below a run and names the same node is part of it. An execution without such spans has its
 * agents, model calls and tools as nodes, by their titles.
 */
export function nodesOf(tree: Tree, columns: Columns, now: number): NodeOfGraph[] {
  const own = (index: number) => (columns.sub_execution[index] === null ? columns.node_id[index] : null)
  const named = columns.node_id.some((_id, i) => own(i))
  const idOf = (index: number): string | null => {
    const kind = columns.kind[index] ?? 'internal'
    if (named) return own(index) ?? null
    return STEPS.has(kind) ? `${kind}:${titleOf(columns, index)}` : null
  }
  const nodes = new Map<string, NodeOfGraph>()
  // Per row the node that it belongs to, and the row of that run.
  const ownerOf = new Array<NodeOfGraph | null>(tree.length).fill(null)
  const runOf = new Int32Array(tree.length).fill(-1)
  for (let row = 0; row < tree.length; row++) {
    const index = tree.span[row] ?? -1
    const above = tree.parent[row] ?? -1
    const id = index < 0 ? null : idOf(index)
    const parent = above < 0 ? -1 : (runOf[above] ?? -1)
    let owner = above < 0 ? null : (ownerOf[above] ?? null)
    runOf[row] = parent
    const window = index < 0 ? null : spanWindow(tree, columns, row, now)
    if (id !== null && window && !(named && id === owner?.id)) {
      owner = nodes.get(id) ?? newNode(id, columns, index)
      nodes.set(id, owner)
      owner.runs.push({ row, from: window.from, to: window.to, parent })
      owner.duration += window.to - window.from
      owner.state = worse(owner.state, columns.state[index] ?? 'ok')
      if (columns.state[index] === 'error') owner.errors += 1
      runOf[row] = row
    }
    ownerOf[row] = owner
    if (!owner || index < 0) continue
    if (columns.kind[index] === 'tool') owner.toolCalls += 1
    if (!columns.counted[index]) continue
    if (columns.kind[index] === 'llm') owner.modelCalls += 1
    owner.input = add(owner.input, columns.input_tokens[index])
    owner.output = add(owner.output, columns.output_tokens[index])
    const cost = columns.cost[index]
    owner.cost = add(owner.cost, cost === null || cost === undefined ? null : Number(cost))
  }
  for (const node of nodes.values()) node.runs.sort((a, b) => a.from - b.from)
  return [...nodes.values()].sort((a, b) => (a.runs[0]?.from ?? 0) - (b.runs[0]?.from ?? 0))
}

function newNode(id: string, columns: Columns, index: number): NodeOfGraph {
  return {
    id,
    name: titleOf(columns, index),
    kind: columns.kind[index] ?? 'internal',
    runs: [],
    state: 'ok',
    errors: 0,
    duration: 0,
    input: null,
    output: null,
    cost: null,
    modelCalls: 0,
    toolCalls: 0,
  }
}

const ranks: NodeOfGraph['state'][] = ['ok', 'cancelled', 'interrupted', 'error', 'running']

function worse(a: NodeOfGraph['state'], b: NodeOfGraph['state']): NodeOfGraph['state'] {
  return ranks.indexOf(b) > ranks.indexOf(a) ? b : a
}

function add(sum: number | null, value: number | null | undefined): number | null {
  return value === null || value === undefined ? sum : (sum ?? 0) + value
}
