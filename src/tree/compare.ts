import type { SpanStatus } from '../model/span.ts'
import type { ExecutionTree } from './execution-tree.ts'
import { displayDurationMs, type SlimSpan } from './slim-span.ts'
import { countedRows, sumUsage, type Usage } from './usage.ts'

/** The runs of one node of the workflow in one execution. */
export interface NodeRuns {
  runs: number
  errors: number
  /** Of the last run. */
  status: SpanStatus
  /** Wall time of all runs, milliseconds; null = one still runs. */
  durationMs: number | null
  usage: Usage
  /** Every span of the node, in tree order. */
  members: SlimSpan[]
  /** Model calls in the node, in order: what is compared of their prompts. */
  calls: SlimSpan[]
}

/** One node of the workflow, as it ran in either execution. */
export interface AlignedNode {
  key: string
  nodeId: string | null
  name: string
  kind: string
  depth: number
  a: NodeRuns | null
  b: NodeRuns | null
}

interface Group {
  first: SlimSpan
  nodeId: string | null
  depth: number
  runs: SlimSpan[]
  counted: number[]
  members: SlimSpan[]
  calls: SlimSpan[]
}

/**
 * Two executions side by side, in the order of `a`, what only `b` has after it. What names a node is aligned by
 * the node's id, however often it ran; what does not, by kind, name and place among its siblings of that name.
 */
export function alignNodes(a: ExecutionTree, b: ExecutionTree): AlignedNode[] {
  const groupsA = groupNodes(a)
  const groupsB = groupNodes(b)
  return [...new Set([...groupsA.keys(), ...groupsB.keys()])].map((key) => {
    const ofA = groupsA.get(key)
    const ofB = groupsB.get(key)
    const group = (ofB ?? ofA) as Group
    return {
      key,
      nodeId: group.nodeId,
      name: group.nodeId === null ? group.first.name : (group.first.nodeName ?? group.first.name),
      kind: group.first.nodeKind ?? group.first.kind,
      depth: group.depth,
      a: ofA === undefined ? null : runsOf(a, ofA),
      b: ofB === undefined ? null : runsOf(b, ofB),
    }
  })
}

function groupNodes(tree: ExecutionTree): Map<string, Group> {
  const groups = new Map<string, Group>()
  const counted = new Set(countedRows(tree))
  const open: { key: string; node: string | null; seen: Map<string, number> }[] = []
  const roots = new Map<string, number>()
  for (let row = 0; row < tree.order.positions.length; row++) {
    if (tree.subExecutions[row] !== null) continue
    const span = tree.spans[tree.order.positions[row] as number] as SlimSpan
    open.length = Math.min(open.length, tree.order.depths[row] as number)
    const above = open.at(-1)
    const node = span.nodeId ?? above?.node ?? null
    const begins = node === null || (span.nodeId !== null && span.nodeId !== above?.node)
    const key = begins ? keyOf(span, above?.key ?? '', above?.seen ?? roots) : (above?.key as string)
    open.push({ key, node, seen: new Map() })
    let group = groups.get(key)
    if (group === undefined) {
      const depth = tree.order.depths[row] as number
      groups.set(
        key,
        (group = { first: span, nodeId: node, depth, runs: [], counted: [], members: [], calls: [] }),
      )
    }
    if (begins) group.runs.push(span)
    if (counted.has(row)) group.counted.push(row)
    if (span.kind === 'llm') group.calls.push(span)
    group.members.push(span)
  }
  return groups
}

function keyOf(span: SlimSpan, above: string, seen: Map<string, number>): string {
  if (span.nodeId !== null) return `node:${span.nodeId}`
  // the root's name is often the execution's own
  const name = above === '' ? span.kind : `${span.kind}:${span.name}`
  const place = (seen.get(name) ?? 0) + 1
  seen.set(name, place)
  return `${above}/${name}#${place}`
}

function runsOf(tree: ExecutionTree, group: Group): NodeRuns {
  const durations = group.runs.map(displayDurationMs)
  return {
    runs: group.runs.length,
    errors: group.runs.filter((span) => span.status === 'error').length,
    status: (group.runs.at(-1) as SlimSpan).status,
    durationMs: durations.includes(null)
      ? null
      : durations.reduce<number>((sum, ms) => sum + (ms as number), 0),
    usage: sumUsage(tree, group.counted),
    members: group.members,
    calls: group.calls,
  }
}
