// biome-ignore-all lint/a11y/useSemanticElements: a tree grid whose rows are not all in the DOM is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the rows have the focus, not the cells
import { useMemo, useRef } from 'preact/hooks'
import type { TreeView } from '../hooks/use-tree-view.ts'
import { titleOf } from '../model/columns.ts'
import { DASH, type Format } from '../model/format.ts'
import { kindGroup } from '../model/kinds.ts'
import type { Window } from '../model/timeline.ts'
import { hasChildren } from '../model/tree.ts'
import { strings } from '../strings.ts'
import { Bar } from './bar.tsx'
import { Icon } from './icon.tsx'
import { KindGlyph } from './kind-glyph.tsx'
import { PlaceLink } from './place-link.tsx'
import type { ColumnSet } from './tree-header.tsx'

/** CSS pixels of one level, and the level beyond which a row says how deep it is: its name needs the room. */
const WIDE = { indent: 14, deep: 8 }
const NARROW = { indent: 8, deep: 6 }

interface Props {
  view: TreeView
  row: number
  format: Format
  narrow: boolean
  /** Among the visible rows, from 0. */
  place: number
  /** CSS pixels from the top of the body. */
  top: number
  window: Window
  now: number
  /** Stretches of the critical path; undefined = the row is not on it. */
  critical: Window[] | undefined
  columnSet: ColumnSet
  selected: boolean
  focused: boolean
  match: boolean
  onFocus: () => void
  onSelect: () => void
}

/** A row is rendered again only when something that it shows has changed: moving the selection costs two rows. */
export function TreeRow(props: Props) {
  const { view, row, place, top, window, now, critical, columnSet, selected, focused, match } = props
  const { tree, columns, collapsed } = view
  const open = hasChildren(tree, row) && !collapsed.has(tree.keys[row] ?? '')
  const latest = useRef(props)
  latest.current = props
  const shown = [tree, columns, open, row, place, top, window, now, critical, columnSet, selected, focused]
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what the row shows; it acts through `latest`
  return useMemo(() => renderRow(props, open, latest), [...shown, match, props.format, props.narrow])
}

function renderRow(props: Props, open: boolean, latest: { readonly current: Props }) {
  const { view, row, format, narrow, place, top, selected, focused, match, columnSet } = props
  const { tree, columns } = view
  const index = tree.span[row] ?? -1
  const parent = hasChildren(tree, row)
  const level = tree.level[row] ?? 0
  const state = columns.state[index]
  const tokens = sum(columns.input_tokens[index], columns.output_tokens[index])
  const duration = index < 0 ? '' : format.duration(columns.duration_ms[index])
  const toggle = () => {
    const { view } = latest.current
    if (open) view.collapse(row)
    else view.expand(row)
  }
  const { indent, deep } = narrow ? NARROW : WIDE
  const indented = Math.min(level, deep)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it has the keys
    <div
      role="row"
      class={`tree-row tree-columns ${selected ? 'selected' : ''} ${match ? 'match' : ''} ${state === 'error' ? 'failed' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={place + 2}
      aria-level={level + 1}
      aria-posinset={tree.position[row]}
      aria-setsize={tree.siblings[row]}
      aria-expanded={parent ? open : undefined}
      aria-selected={selected}
      aria-label={labelOf(props, duration, tokens, format.count)}
      tabIndex={focused ? 0 : -1}
      onFocus={() => latest.current.onFocus()}
      onClick={() => (index < 0 ? toggle() : latest.current.onSelect())}
      onDblClick={parent ? toggle : undefined}
    >
      <span
        role="gridcell"
        class="name-cell"
        style={{ '--level': indented, paddingLeft: `${indented * indent}px` }}
      >
        {level > deep ? <span class="deep">+{level - deep}</span> : null}
        {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: arrow keys fold the row */}
        <span
          class={`expander ${parent ? (open ? 'open' : 'shut') : ''}`}
          onClick={
            parent
              ? (event) => {
                  event.stopPropagation()
                  toggle()
                }
              : undefined
          }
        >
          {parent ? <Icon name="right" size={12} /> : null}
        </span>
        {index < 0 ? <Missing id={tree.missing.get(row) ?? ''} /> : <Name view={view} index={index} />}
        {parent && !open ? (
          <span class="hidden-rows">{format.compact((tree.end[row] ?? row) - row - 1)}</span>
        ) : null}
      </span>
      {columnSet.tokens ? (
        <span role="gridcell" class="num faint">
          {tokens === null ? '' : format.compact(tokens)}
        </span>
      ) : null}
      {columnSet.cost ? (
        <span role="gridcell" class="num faint">
          {columns.cost[index] ? format.cost(columns.cost[index]) : columns.kind[index] === 'llm' ? DASH : ''}
        </span>
      ) : null}
      <span role="gridcell" class={`num duration ${state === 'running' ? 'running' : ''}`}>
        {state === 'running' ? strings.stillRunning : duration}
      </span>
      <span role="gridcell" class="bar-cell">
        {index < 0 ? null : (
          <Bar view={view} row={row} window={props.window} now={props.now} critical={props.critical} />
        )}
      </span>
    </div>
  )
}

function Name({ view, index }: { view: TreeView; index: number }) {
  const { columns } = view
  const state = columns.state[index]
  const model = columns.model[index]
  const other = columns.sub_execution[index]
  const title = titleOf(columns, index)
  return (
    <>
      <KindGlyph kind={columns.kind[index] ?? 'internal'} />
      <span class="span-name">{title}</span>
      {model && !title.includes(model) ? <span class="span-model">{model}</span> : null}
      {state === 'error' ? (
        <span class="mark mark-error" title={strings.state.error}>
          <Icon name="alert" size={13} />
        </span>
      ) : null}
      {state === 'cancelled' || state === 'interrupted' ? (
        <span class="mark" title={strings.state[state]}>
          <Icon name="stop" size={13} />
        </span>
      ) : null}
      {columns.notices[index]?.includes('redacted') ? (
        <span class="mark" title={strings.redacted}>
          <Icon name="shield" size={13} />
        </span>
      ) : null}
      {columns.artifacts[index] ? (
        <span class="mark" title={strings.artifacts}>
          <Icon name="file" size={13} />
        </span>
      ) : null}
      {other ? (
        <PlaceLink
          class="other-execution"
          title={strings.otherExecution}
          to={{ execution: other, span: null }}
        >
          {other}
          <Icon name="right" size={11} />
        </PlaceLink>
      ) : other === '' ? (
        <span class="mark" title={strings.hiddenExecution}>
          <Icon name="lock" size={13} />
        </span>
      ) : null}
    </>
  )
}

function Missing({ id }: { id: string }) {
  return (
    <span class="missing-parent" title={strings.missingParentHint}>
      {strings.missingParent(id)}
    </span>
  )
}

function sum(a: number | null | undefined, b: number | null | undefined): number | null {
  return (a ?? null) === null && (b ?? null) === null ? null : (a ?? 0) + (b ?? 0)
}

function labelOf(
  { view, row, critical }: Props,
  duration: string,
  tokens: number | null,
  count: (n: number) => string,
): string {
  const { columns, tree } = view
  const index = tree.span[row] ?? -1
  if (index < 0) return strings.missingParent(tree.missing.get(row) ?? '')
  const kind = columns.kind[index] ?? 'internal'
  const state = columns.state[index] ?? 'ok'
  return [
    titleOf(columns, index),
    kindGroup(kind) === 'llm' ? columns.model[index] : null,
    strings.kind[kind],
    state === 'running' ? strings.stillRunning : duration,
    tokens === null ? null : `${count(tokens)} ${strings.tokens.toLowerCase()}`,
    state === 'ok' || state === 'running' ? null : strings.state[state].toLowerCase(),
    critical ? strings.criticalPath.toLowerCase() : null,
  ]
    .filter(Boolean)
    .join(', ')
}
