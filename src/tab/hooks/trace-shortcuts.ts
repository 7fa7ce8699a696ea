/** What the letters of the trace view do (beyond the keys of the tree itself). */
export interface Shortcuts {
  search: () => void
  nextError: (by: 1 | -1) => void
  nextModelCall: (by: 1 | -1) => void
  zoomBy: (factor: number) => void
  zoomFit: () => void
  zoomToSpan: () => void
  /** Moves the time window by a part of its length. */
  pan: (part: number) => void
  /** Goes to a newer (-1) or older (1) execution. */
  step: (by: number) => void
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

/** Moves the focus to the next pane: search, tree, detail. */
export function focusNextPane(root: HTMLElement | null, back: boolean): void {
  const panes = ['.toolbar', '.tree', '.span-pane']
  const targets = ['.toolbar input', '.tree [tabindex="0"]', '.span-pane']
    .map((selector) => root?.querySelector<HTMLElement>(selector))
    .filter((element) => element !== null && element !== undefined)
  const node = root?.getRootNode()
  const active = node instanceof ShadowRoot ? node.activeElement : null
  const at = panes.findIndex((selector) => active?.closest(selector))
  targets[(at + (back ? -1 : 1) + targets.length) % targets.length]?.focus()
}
