import { Graph, layout } from '@dagrejs/dagre'
import type { GraphEdge } from '../model/graph.ts'

/** CSS pixels of a node's card. */
export const CARD = { width: 212, height: 74 }

export interface PlacedNode {
  id: string
  /** The upper left corner. */
  x: number
  y: number
}

export interface PlacedEdge extends GraphEdge {
  points: { x: number; y: number }[]
}

export interface Layout {
  width: number
  height: number
  nodes: Map<string, PlacedNode>
  edges: PlacedEdge[]
}

/** Places nodes in layers from top to bottom, in the order in which they ran, with few crossings. */
export function placeGraph(ids: readonly string[], edges: readonly GraphEdge[]): Layout {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 46, edgesep: 14, marginx: 20, marginy: 20 })
  for (const id of ids) graph.setNode(id, { ...CARD })
  // A step that repeats itself is said on its card.
  const drawn = edges.filter((edge) => edge.from !== edge.to)
  for (const edge of drawn) graph.setEdge(edge.from, edge.to, { weight: Math.min(8, edge.times) }, edge.type)
  layout(graph)
  const size = graph.graph() as { width?: number; height?: number }
  const nodes = new Map<string, PlacedNode>()
  for (const id of ids) {
    const at = graph.node(id) as { x: number; y: number }
    nodes.set(id, { id, x: at.x - CARD.width / 2, y: at.y - CARD.height / 2 })
  }
  return {
    width: size.width ?? 0,
    height: size.height ?? 0,
    nodes,
    edges: drawn.map((edge) => {
      const label = graph.edge(edge.from, edge.to, edge.type) as { points?: PlacedEdge['points'] }
      return { ...edge, points: label.points ?? [] }
    }),
  }
}

/** A smooth line through the points of an edge. */
export function linePath(points: PlacedEdge['points']): string {
  const [first, ...rest] = points
  if (!first) return ''
  let path = `M${round(first.x)} ${round(first.y)}`
  let at = first
  for (const point of rest) {
    const middle = (at.y + point.y) / 2
    path += `C${round(at.x)} ${round(middle)} ${round(point.x)} ${round(middle)} ${round(point.x)} ${round(point.y)}`
    at = point
  }
  return path
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
