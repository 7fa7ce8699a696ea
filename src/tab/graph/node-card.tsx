import { useTab } from '../hooks/tab-context.ts'
import { kindGroup } from '../model/kinds.ts'
import type { NodeOfGraph } from '../model/node-runs.ts'
import { strings } from '../strings.ts'
import { Icon } from '../views/icon.tsx'
import { KindGlyph } from '../views/kind-glyph.tsx'
import { CARD, type PlacedNode } from './layout.ts'

interface Props {
  node: NodeOfGraph
  at: PlacedNode
  /** Part of the longest node's time, 0..1. */
  share: number
  selected: boolean
  /** Takes the focus by Tab; the arrows go from one to the next. */
  reachable: boolean
  /** In the order in which the nodes ran, from 1. */
  order: number
  onSelect: () => void
  onKeyDown: (event: KeyboardEvent) => void
}

/** A node of the workflow: what it is, how often it ran, and what that took. */
export function NodeCard({ node, at, share, selected, reachable, order, onSelect, onKeyDown }: Props) {
  const { format } = useTab()
  const tokens = node.input === null && node.output === null ? null : (node.input ?? 0) + (node.output ?? 0)
  const runs = node.runs.length
  const also = [
    strings.kind[node.kind],
    strings.runs(format.count(runs)),
    node.errors > 0 ? `${format.count(node.errors)} ${strings.errors.toLowerCase()}` : null,
  ]
  return (
    <button
      type="button"
      class={`node-card state-${node.state} ${selected ? 'selected' : ''} ${node.errors > 0 ? 'failed' : ''}`}
      style={{ left: `${at.x}px`, top: `${at.y}px`, width: `${CARD.width}px`, height: `${CARD.height}px` }}
      aria-pressed={selected}
      title={node.name}
      tabIndex={reachable ? 0 : -1}
      data-node={node.id}
      onClick={onSelect}
      onKeyDown={onKeyDown}
    >
      <span class="node-head">
        <KindGlyph kind={node.kind} />
        <span class="sr">{order}. </span>
        <span class="node-name">{node.name}</span>
        <span class="sr">, {also.filter(Boolean).join(', ')}, </span>
        {node.errors > 0 ? <Icon name="alert" size={14} class="mark-error" /> : null}
        {runs > 1 ? (
          <span class="node-runs" aria-hidden="true">
            ×{format.compact(runs)}
          </span>
        ) : null}
      </span>
      <span class="node-facts num">
        <span>{node.state === 'running' ? strings.stillRunning : format.duration(node.duration)}</span>
        {tokens === null ? null : (
          <span>
            {format.compact(tokens)} {strings.tok}
          </span>
        )}
        {node.cost === null ? null : <span>{format.cost(String(node.cost))}</span>}
      </span>
      <span class="node-share">
        <span
          class={`kind-share kind-${kindGroup(node.kind)}`}
          style={{ width: `${Math.max(1, share * 100)}%` }}
        />
      </span>
    </button>
  )
}
