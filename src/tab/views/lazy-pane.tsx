import type { SpanPaneProps } from '../detail/span-pane.tsx'
import { useChunk } from '../hooks/use-chunk.ts'
import { strings } from '../strings.ts'
import { NotLoaded } from './not-loaded.tsx'
import { PaneGhosts } from './pane-ghosts.tsx'

/** The detail of the selected span: loaded after the first rows are there, in a frame that has its size already. */
export function LazyPane(props: SpanPaneProps) {
  const detail = useChunk(true, () => import('../detail/span-pane.tsx'))
  const { size, close } = props
  if (detail && typeof detail !== 'function') return <detail.SpanPane {...props} />
  return (
    <aside
      class="span-pane"
      aria-label={strings.spanDetail}
      aria-busy={detail === null}
      tabIndex={-1}
      style={size === null ? undefined : { flexBasis: `${size}px` }}
    >
      {detail === null ? (
        <PaneGhosts />
      ) : (
        <NotLoaded retry={detail}>
          <button type="button" class="button" onClick={close}>
            {strings.close}
          </button>
        </NotLoaded>
      )}
    </aside>
  )
}
