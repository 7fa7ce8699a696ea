import type { SpanDetail } from '../../http/schemas/trace.ts'
import { strings } from '../strings.ts'

export type TabName = 'content' | 'attributes' | 'events' | 'links' | 'raw'

interface Props {
  tab: TabName
  setTab: (tab: TabName) => void
  span: SpanDetail | null
  /** What the kind lets expect while the span is not here. */
  conversational: boolean
}

/** A phone has no room for the whole of it. */
function LinksLabel() {
  const [short, ...rest] = strings.tabs.links.split(' ')
  return (
    <span>
      {short}
      <span class="wide-label"> {rest.join(' ')}</span>
    </span>
  )
}

/** The parts of a span's detail, as tabs that the arrow keys move through. */
export function PaneTabs({ tab, setTab, span, conversational }: Props) {
  const messages = span ? span.input.messages.length + span.output.messages.length > 0 : conversational
  const names: [TabName, string, number | null][] = [
    ['content', messages ? strings.tabs.messages : strings.tabs.io, null],
    ['attributes', strings.tabs.attributes, span && Object.keys(span.attributes).length],
    ['events', strings.tabs.events, span?.events.length ?? null],
    ['links', strings.tabs.links, span && span.links.length + span.artifacts.length + span.dashboards.length],
    ['raw', strings.tabs.raw, null],
  ]
  const move = (by: number) => {
    const at = names.findIndex(([name]) => name === tab)
    const next = names[(at + by + names.length) % names.length]
    if (next) setTab(next[0])
  }
  return (
    <div class="tabs pane-tabs" role="tablist" aria-label={strings.spanDetail}>
      {names.map(([name, label, count]) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`span-tab-${name}`}
          aria-selected={tab === name}
          aria-controls="span-panel"
          tabIndex={tab === name ? 0 : -1}
          ref={(element) => {
            const root = element?.getRootNode()
            const active = root instanceof ShadowRoot ? root.activeElement : null
            if (element && tab === name && active?.closest('.pane-tabs') && active !== element)
              element.focus()
          }}
          onClick={() => setTab(name)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowRight') move(1)
            if (event.key === 'ArrowLeft') move(-1)
          }}
        >
          {name === 'links' ? <LinksLabel /> : label}
          {count ? <span class="tab-count">{count}</span> : null}
        </button>
      ))}
    </div>
  )
}
