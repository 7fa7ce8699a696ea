/** What the letters of the trace view do (beyond the keys of the tree itself). */
export interface Shortcuts {
  search: () => void
  nextError: (by: 1 | -1) => void
  nextModelCall: (by: 1 | -1) => void
  criticalPath: () => void
  zoomBy: (factor: number) => void
  zoomFit: () => void
  zoomToSpan: () => void
  /** Moves the time window by a part of its length. */
  pan: (part: number) => void
  /** Goes to a newer (-1) or older (1) execution. */
  step: (by: number) => void
  metrics: () => void
  /** Goes along with new spans, or stops doing so. */
  follow: () => void
  copyLink: () => void
}

/** Does what a key stands for; false = it stands for nothing. */
export function runShortcut(key: string, act: Shortcuts): boolean {
  const byKey = new Map<string, () => void>([
    ['/', act.search],
    ['e', () => act.nextError(1)],
    ['E', () => act.nextError(-1)],
    ['l', () => act.nextModelCall(1)],
    ['L', () => act.nextModelCall(-1)],
    ['c', act.criticalPath],
    ['m', act.metrics],
    ['f', act.follow],
    ['+', () => act.zoomBy(0.5)],
    ['=', () => act.zoomBy(0.5)],
    ['-', () => act.zoomBy(2)],
    ['0', act.zoomFit],
    ['z', act.zoomToSpan],
    [',', () => act.pan(-0.25)],
    ['.', () => act.pan(0.25)],
    ['[', () => act.step(-1)],
    [']', () => act.step(1)],
    ['y', act.copyLink],
  ])
  const run = byKey.get(key)
  run?.()
  return run !== undefined
}

/** The panes in the order of F6, each with what takes the focus there. */
const PANES: readonly (readonly [pane: string, target: string])[] = [
  ['.views', '.views [tabindex="0"]'],
  ['.toolbar', '.toolbar input'],
  ['.tree', '.tree [tabindex="0"]'],
  ['.view-body', '.view-body'],
  ['.span-pane', '.span-pane'],
]

/** Moves the focus to the next pane: the views, the search, the tree or what stands in its place, the detail. */
export function focusNextPane(root: HTMLElement | null, back: boolean): void {
  const panes = PANES.flatMap(([pane, target]) => {
    const element = root?.querySelector<HTMLElement>(target)
    return element ? [{ pane, element }] : []
  })
  const node = root?.getRootNode()
  const active = node instanceof ShadowRoot ? node.activeElement : null
  const at = panes.findIndex(({ pane }) => active?.closest(pane))
  const next = at < 0 ? 0 : at + (back ? -1 : 1)
  panes[(next + panes.length) % panes.length]?.element.focus()
}
