import { useMemo } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import type { TreeView } from '../hooks/use-tree-view.ts'
import { countGroups, KIND_GROUPS } from '../model/kinds.ts'
import { filterRows } from '../model/visible.ts'
import { strings } from '../strings.ts'
import { Icon, type IconName } from './icon.tsx'
import { GroupGlyph } from './kind-glyph.tsx'

interface Props {
  view: TreeView
  /** The service searched the whole trace. */
  narrowed: boolean
  /** Not all spans are loaded. */
  partial: boolean
  zoomed: boolean
  fit: () => void
  /** The overview of the time is shown. */
  map: boolean
  /** Shows or hides it where it is not there by itself; null = it is. */
  showMap: (() => void) | null
  nextMatch: (by: 1 | -1) => void
  /** The row that is selected: the match at which the reader is. */
  selected: number
}

/** Search, kinds, errors, folding and zoom. */
export function Toolbar(props: Props) {
  const { view, narrowed, partial, zoomed, fit, map, showMap, nextMatch, selected } = props
  const { place, go, format } = useTab()
  const counts = useMemo(() => countGroups(view.columns.kind), [view.columns])
  const { tree, columns } = view
  const errors = useMemo(
    () => filterRows(tree, columns, { query: '', kinds: new Set(), errorsOnly: true })?.count ?? 0,
    [tree, columns],
  )
  const at = ordinal(view, selected)
  return (
    <div class="toolbar">
      <div class="search">
        <Icon name="lens" size={14} />
        <input
          type="search"
          placeholder={strings.searchShort}
          aria-label={strings.search}
          title={partial && !narrowed ? strings.searchLoadedOnly : undefined}
          value={view.query}
          onInput={(event) => view.setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') nextMatch(event.shiftKey ? -1 : 1)
          }}
        />
        {view.matches ? (
          <span class="search-count">
            {view.matches.count === 0
              ? strings.noMatches
              : strings.matches(at > 0 ? format.count(at) : '', format.count(view.matches.count))}
          </span>
        ) : null}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row everywhere */}
      <div class="chips" role="group" aria-label={strings.kinds}>
        {KIND_GROUPS.filter((group) => counts.has(group)).map((group) => (
          <button
            key={group}
            type="button"
            class="chip"
            aria-pressed={view.kinds.has(group)}
            aria-label={`${strings.kindGroup[group]} ${counts.get(group)}`}
            title={strings.kindGroup[group]}
            onClick={() => view.toggleKind(group)}
          >
            <GroupGlyph group={group} />
            <span class="chip-name">{strings.kindGroup[group]}</span>{' '}
            <span class="chip-count">{format.compact(counts.get(group))}</span>
          </button>
        ))}
        {errors > 0 ? (
          <button
            type="button"
            class="chip chip-error"
            aria-pressed={view.errorsOnly}
            aria-label={`${strings.errors} ${errors}`}
            title={strings.errorsOnly}
            onClick={() => view.setErrorsOnly(!view.errorsOnly)}
          >
            <Icon name="alert" size={13} />
            <span class="chip-name">{strings.errors}</span>{' '}
            <span class="chip-count">{format.compact(errors)}</span>
          </button>
        ) : null}
      </div>
      <span class="spacer" />
      {showMap ? (
        <button
          type="button"
          class="chip"
          aria-pressed={map}
          aria-label={strings.minimapShow}
          title={strings.minimapShow}
          onClick={showMap}
        >
          <Icon name="fit" size={16} />
        </button>
      ) : null}
      {zoomed ? <Tool icon="fit" label={`${strings.zoomFit} (0)`} act={fit} pressed /> : null}
      <button
        type="button"
        class="chip"
        aria-pressed={place.critical}
        aria-label={strings.criticalPath}
        title={`${strings.criticalPath} (c)`}
        onClick={() => go({ critical: !place.critical }, { replace: true })}
      >
        <Icon name="route" size={14} />
        <span class="chip-name">{strings.criticalPath}</span>
      </button>
      <Tool icon="expand" label={strings.expandAll} act={view.expandAll} />
      <Tool icon="collapse" label={strings.collapseAll} act={view.collapseAll} />
    </div>
  )
}

interface ToolProps {
  icon: IconName
  label: string
  act: () => void
  pressed?: boolean
}

function Tool({ icon, label, act, pressed }: ToolProps) {
  return (
    <button
      type="button"
      class={`icon-button ${pressed ? 'on' : ''}`}
      title={label}
      aria-label={label}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  )
}

/** Which match the row is, from 1; 0 when it is none. */
function ordinal(view: TreeView, row: number): number {
  const hits = view.matches?.hits
  if (!hits?.[row]) return 0
  let place = 0
  for (let at = 0; at <= row; at++) place += hits[at] ?? 0
  return place
}
