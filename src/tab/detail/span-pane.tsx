import { useState } from 'preact/hooks'
import type { SpanDetail } from '../../http/schemas/trace.ts'
import type { Loaded } from '../api/load-trace.ts'
import { useTab } from '../hooks/tab-context.ts'
import { useSpan } from '../hooks/use-span.ts'
import type { TreeView } from '../hooks/use-tree-view.ts'
import { titleOf } from '../model/columns.ts'
import { pathTo, shortPath } from '../model/tree.ts'
import { placeOf } from '../model/visible.ts'
import { strings } from '../strings.ts'
import artifacts from '../styles/artifacts.css?inline'
import detail from '../styles/detail.css?inline'
import dialog from '../styles/dialog.css?inline'
import messages from '../styles/messages.css?inline'
import { Icon } from '../views/icon.tsx'
import { KindGlyph } from '../views/kind-glyph.tsx'
import { PaneGhosts } from '../views/pane-ghosts.tsx'
import { FailureState } from '../views/states.tsx'
import { StateBadge } from '../views/status.tsx'
import { Step } from '../views/step.tsx'
import { PathGap } from '../views/tree-path.tsx'
import { Conversation } from './conversation.tsx'
import { Facts } from './facts.tsx'
import { PaneTabs, type TabName } from './pane-tabs.tsx'
import { Panel as Part } from './panels.tsx'
import { Reveal } from './reveal.tsx'
import { SpanError } from './span-error.tsx'

export const styles = [detail, messages, artifacts, dialog]

export interface SpanPaneProps {
  loaded: Loaded
  view: TreeView
  row: number
  now: number
  /** Width, or height where it stands below; CSS pixels; null = as the layout says. */
  size: number | null
  select: (row: number) => void
  close: () => void
}

/** The selected span: where it hangs, its figures, and what went in and out. */
export function SpanPane({ loaded, view, row, now, size, select, close }: SpanPaneProps) {
  const { api, below, setBelow } = useTab()
  const { tree, columns } = view
  const side = below ? strings.detailBeside : strings.detailBelow
  const index = tree.span[row] ?? -1
  const [tab, setTab] = useState<TabName>('content')
  const state = columns.state[index] ?? 'ok'
  const trace = loaded.execution.trace_ids[columns.trace[index] ?? 0]
  const {
    span: masked,
    failure,
    retry,
  } = useSpan(api, loaded.execution.execution_id, {
    id: columns.span_id[index] ?? '',
    trace: loaded.execution.trace_ids.length > 1 ? trace : undefined,
    version: `${state}/${columns.duration_ms[index]}`,
  })
  const [unmasked, setUnmasked] = useState<SpanDetail | null>(null)
  const isRevealed =
    unmasked !== null && unmasked.span_id === masked?.span_id && unmasked.trace_id === masked.trace_id
  const span = isRevealed ? unmasked : masked
  const place = placeOf(view.rows, row)
  const beside = (by: number) => {
    const to = view.rows[place + by]
    return to === undefined ? null : () => select(to)
  }
  const path = pathTo(tree, row).slice(0, -1)
  const shown = shortPath(path)
  return (
    <aside
      class="span-pane"
      aria-label={strings.spanDetail}
      tabIndex={-1}
      style={size === null ? undefined : { flexBasis: `${size}px` }}
    >
      <div class="span-head">
        <div class="span-path">
          <nav class="path" aria-label={strings.pathToRoot}>
            {shown.map((at) =>
              at < 0 ? (
                <PathGap key={at} count={path.length - shown.length + 1} />
              ) : (
                <button
                  key={at}
                  type="button"
                  disabled={(tree.span[at] ?? -1) < 0}
                  onClick={() => select(at)}
                >
                  {titleOf(columns, tree.span[at] ?? -1) || '…'}
                </button>
              ),
            )}
          </nav>
          <span class="spacer" />
          <Step icon="up" label={strings.previousSpan} act={beside(-1)} />
          <Step icon="down" label={strings.nextSpan} act={beside(1)} />
          <button
            type="button"
            class="icon-button wide-only"
            title={side}
            aria-label={side}
            onClick={() => setBelow(!below)}
          >
            <Icon name={below ? 'beside' : 'below'} />
          </button>
          <button
            type="button"
            class="icon-button"
            title={strings.close}
            aria-label={strings.close}
            onClick={close}
          >
            <Icon name="close" />
          </button>
        </div>
        <div class="span-title">
          <KindGlyph kind={columns.kind[index] ?? 'internal'} />
          <h3 title={columns.name[index]}>{titleOf(columns, index)}</h3>
          <span class="badge kind-badge">{strings.kind[columns.kind[index] ?? 'internal']}</span>
          {state === 'ok' ? null : <StateBadge state={state} />}
        </div>
        <ViewLinks />
        <Facts view={view} row={row} now={now} span={span} />
      </div>
      <PaneTabs
        tab={tab}
        setTab={setTab}
        span={span}
        conversational={columns.kind[index] === 'llm' || columns.kind[index] === 'agent'}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it */}
      <div class="span-body" role="tabpanel" id="span-panel" aria-labelledby={`span-tab-${tab}`} tabIndex={0}>
        {failure ? (
          <FailureState failure={failure} retry={retry} what="span" />
        ) : span === null ? (
          <PaneGhosts />
        ) : (
          <>
            {span.error || span.status.message ? <SpanError span={span} /> : null}
            {tab === 'content' && isMasked(masked) ? (
              <Reveal span={span} isRevealed={isRevealed} show={setUnmasked} />
            ) : null}
            <Panel key={`${span.trace_id}/${span.span_id}`} tab={tab} span={span} />
          </>
        )}
      </div>
    </aside>
  )
}

function Panel({ tab, span }: { tab: TabName; span: SpanDetail }) {
  if (tab === 'content') return <Conversation span={span} />
  return <Part tab={tab} span={span} />
}

/** Something of the span was masked for this reader. */
function isMasked(span: SpanDetail | null): boolean {
  return span !== null && /\[redacted:/i.test(JSON.stringify([span.input, span.output, span.attributes]))
}

/** The same span in the other views. */
function ViewLinks() {
  const { place, go } = useTab()
  const links = [
    ['timeline', strings.showInTimeline],
    ['log', strings.showInLog],
    ['graph', strings.showInGraph],
  ] as const
  return (
    <p class="view-links">
      {links.map(([name, label]) =>
        name === place.view ? null : (
          <button key={name} type="button" class="link" onClick={() => go({ view: name })}>
            {label}
          </button>
        ),
      )}
    </p>
  )
}
