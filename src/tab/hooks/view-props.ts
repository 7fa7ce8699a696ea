import type { Summary } from '../../http/schemas/trace.ts'
import type { Loaded } from '../api/load-trace.ts'
import type { Selection } from './use-selection.ts'
import type { TreeView } from './use-tree-view.ts'
import type { Zoom } from './use-zoom.ts'

/** What every view of a trace is given. */
export interface ViewProps {
  loaded: Loaded
  summary: Summary | null
  view: TreeView
  zoom: Zoom
  /** Milliseconds since the start, for a running execution; else 0. */
  now: number
  selection: Selection
}
