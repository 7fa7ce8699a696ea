import { useMemo } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import type { ViewProps } from '../hooks/view-props.ts'
import { edgesOf } from '../model/graph.ts'
import { type NodeOfGraph, nodesOf } from '../model/node-runs.ts'
import { strings } from '../strings.ts'
import graphCss from '../styles/graph.css?inline'
import { Icon } from '../views/icon.tsx'
import { StateCard } from '../views/states.tsx'
import { GraphCanvas } from './graph-canvas.tsx'
import { placeGraph } from './layout.ts'

export const styles = [graphCss]

/** The workflow as it ran: which node after which, how often, and what each took. */
export function GraphView({ view, now, selection }: ViewProps) {
  const { format } = useTab()
  const { tree, columns } = view
  const nodes = useMemo(() => nodesOf(tree, columns, now), [tree, columns, now])
  const edges = useMemo(() => edgesOf(nodes), [nodes])
  // A running node grows every second; where it stands changes only with the nodes and lines there are.
  const shape = JSON.stringify([nodes.map((node) => node.id), edges])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for nodes and edges
  const layout = useMemo(
    () =>
      placeGraph(
        nodes.map((node) => node.id),
        edges,
      ),
    [shape],
  )
  const selected = nodeAt(nodes, tree.parent, selection.selected)

  if (nodes.length === 0) {
    return <StateCard icon="empty" title={strings.noNodes} text={strings.noNodesText} />
  }
  const select = (node: NodeOfGraph) => {
    const failed = node.runs.find((run) => columns.state[tree.span[run.row] ?? -1] === 'error')
    const run = failed ?? node.runs.at(-1)
    if (run) selection.select(run.row, { replace: selection.open })
  }
  const node = selected === null ? undefined : nodes.find((one) => one.id === selected.id)
  const run = node?.runs.findIndex((one) => one.row === selected?.row) ?? -1
  const stepRun = (by: number) => {
    const next = node?.runs[run + by]
    if (next) selection.select(next.row, { replace: true })
  }
  return (
    <div class="graph">
      {node && node.runs.length > 1 ? (
        <div class="graph-runs">
          <strong>{node.name}</strong>
          <span class="num">{strings.runOf(format.count(run + 1), format.count(node.runs.length))}</span>
          <button
            type="button"
            class="icon-button small"
            aria-label={strings.previousRun}
            title={strings.previousRun}
            disabled={run <= 0}
            onClick={() => stepRun(-1)}
          >
            <Icon name="left" size={13} />
          </button>
          <button
            type="button"
            class="icon-button small"
            aria-label={strings.nextRun}
            title={strings.nextRun}
            disabled={run >= node.runs.length - 1}
            onClick={() => stepRun(1)}
          >
            <Icon name="right" size={13} />
          </button>
        </div>
      ) : null}
      <GraphCanvas nodes={nodes} layout={layout} selected={selected?.id ?? null} select={select} />
    </div>
  )
}

/** The node whose run the row is, or is in. */
function nodeAt(nodes: NodeOfGraph[], parent: Int32Array, row: number): { id: string; row: number } | null {
  const idOf = new Map<number, string>()
  for (const node of nodes) for (const run of node.runs) idOf.set(run.row, node.id)
  for (let at = row; at >= 0; at = parent[at] ?? -1) {
    const id = idOf.get(at)
    if (id !== undefined) return { id, row: at }
  }
  return null
}
