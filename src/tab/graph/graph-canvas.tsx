import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { useSize } from '../hooks/use-size.ts'
import type { NodeOfGraph } from '../model/node-runs.ts'
import { strings } from '../strings.ts'
import { Icon, type IconName } from '../views/icon.tsx'
import { type Layout, linePath } from './layout.ts'
import { NodeCard } from './node-card.tsx'

/**
 * How far the graph may be zoomed: below `figures` a card has a large name alone, below the least even that
 * cannot be read.
 */
const SCALE = { least: 0.35, most: 1.6, readable: 0.75, figures: 0.6 }
const STEP = 1.25

interface Props {
  nodes: NodeOfGraph[]
  layout: Layout
  selected: string | null
  select: (node: NodeOfGraph) => void
}

/** Nodes and the lines between them, on a plane that scrolls and zooms. */
export function GraphCanvas({ nodes, layout, selected, select }: Props) {
  const { format } = useTab()
  const frame = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(frame)
  const [chosen, setChosen] = useState<number | null>(null)
  const whole = clamp(Math.min(width / layout.width, height / layout.height) || 1, SCALE.least, 1)
  // As wide as fits, for it is read from the top down; never so small that it cannot be read.
  const scale = chosen ?? clamp(width / layout.width || 1, SCALE.readable, 1)
  const longest = Math.max(1e-9, ...nodes.map((node) => node.duration))
  const reachable = selected ?? nodes[0]?.id
  const middle = Math.max(0, (width - layout.width * scale) / 2)

  const placed = layout.nodes.get(selected ?? '')
  useLayoutEffect(() => {
    const element = frame.current
    if (!element || !placed || width === 0) return
    const x = placed.x * scale + middle
    const y = placed.y * scale
    if (y < element.scrollTop || y > element.scrollTop + element.clientHeight - 90) {
      element.scrollTop = y - element.clientHeight / 2
    }
    if (x < element.scrollLeft || x > element.scrollLeft + element.clientWidth - 220) {
      element.scrollLeft = x - element.clientWidth / 2
    }
  }, [placed, scale, width, middle])
  const centred = useRef(false)
  useEffect(() => {
    const element = frame.current
    if (!element || centred.current || width === 0) return
    centred.current = true
    const first = layout.nodes.get(nodes[0]?.id ?? '')
    if (first && !placed) element.scrollLeft = (first.x + 106) * scale - width / 2
  })

  const move = (event: KeyboardEvent, at: number) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key]
    const next = by === undefined ? undefined : nodes[at + by]
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    const card = frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next.id)}"]`)
    card?.focus()
  }
  return (
    <div class="graph-frame">
      <div class="graph-tools">
        <Tool icon="minus" label={strings.zoomOut} act={() => setChosen(clampScale(scale / STEP))} />
        <span class="num faint">{format.percent(Math.round(scale * 100) / 100)}</span>
        <Tool icon="plus" label={strings.zoomIn} act={() => setChosen(clampScale(scale * STEP))} />
        <Tool icon="fit" label={strings.graphFit} act={() => setChosen(whole)} />
      </div>
      <div ref={frame} class="graph-scroll">
        <div
          class="graph-plane"
          style={{
            width: `${layout.width * scale}px`,
            height: `${layout.height * scale}px`,
            marginLeft: `${middle}px`,
          }}
        >
          <div
            class={`graph-scaled ${scale < SCALE.figures ? 'far' : ''}`}
            style={{ transform: `scale(${scale})` }}
          >
            <svg width={layout.width} height={layout.height} aria-hidden="true">
              <defs>
                <marker
                  id="arrow"
                  viewBox="0 0 8 8"
                  refX="7"
                  refY="4"
                  markerWidth="7"
                  markerHeight="7"
                  orient="auto"
                >
                  <path class="arrow" d="M0 0 8 4 0 8z" />
                </marker>
              </defs>
              {layout.edges.map((edge) => (
                <path
                  key={`${edge.from}\n${edge.to}\n${edge.type}`}
                  class={`edge ${edge.type} ${edge.from === selected || edge.to === selected ? 'near' : ''}`}
                  d={linePath(edge.points)}
                  marker-end="url(#arrow)"
                />
              ))}
              {layout.edges.map((edge) => {
                const at = edge.points[Math.floor(edge.points.length / 2)]
                return edge.times > 1 && at ? (
                  <text
                    key={`${edge.from}\n${edge.to}\n${edge.type}`}
                    class="edge-times"
                    x={at.x + 6}
                    y={at.y + 4}
                  >
                    ×{format.compact(edge.times)}
                  </text>
                ) : null
              })}
            </svg>
            {nodes.map((node, n) => {
              const at = layout.nodes.get(node.id)
              return at ? (
                <NodeCard
                  key={node.id}
                  node={node}
                  at={at}
                  share={node.duration / longest}
                  selected={node.id === selected}
                  reachable={node.id === reachable}
                  order={n + 1}
                  onSelect={() => select(node)}
                  onKeyDown={(event) => move(event, n)}
                />
              ) : null
            })}
          </div>
        </div>
      </div>
    </div>
  )
}

function Tool({ icon, label, act }: { icon: IconName; label: string; act: () => void }) {
  return (
    <button type="button" class="icon-button" title={label} aria-label={label} onClick={act}>
      <Icon name={icon} />
    </button>
  )
}

function clampScale(scale: number): number {
  return clamp(scale, SCALE.least, SCALE.most)
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}
