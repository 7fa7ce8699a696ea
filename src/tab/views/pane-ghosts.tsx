import { strings } from '../strings.ts'

/** Grey lines while what is in a pane comes. */
export function PaneGhosts() {
  return (
    <div class="pane-ghosts" role="status">
      <span class="sr">{strings.loading}</span>
      <span class="ghost" />
      <span class="ghost" />
      <span class="ghost" />
    </div>
  )
}
