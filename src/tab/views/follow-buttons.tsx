import { useTab } from '../hooks/tab-context.ts'
import type { Follow } from '../hooks/use-follow.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'

/** Whether the tree goes along with what is new; when it does not, how much that is. */
export function FollowButtons({ follow }: { follow: Follow }) {
  const { format } = useTab()
  return (
    <>
      <button
        type="button"
        class="chip"
        aria-pressed={follow.following}
        aria-label={strings.follow}
        title={`${strings.follow} (f)`}
        onClick={follow.toggle}
      >
        <Icon name="down" size={13} />
        <span class="follow-name">{strings.follow}</span>
      </button>
      {follow.fresh > 0 ? (
        <button type="button" class="chip chip-new" onClick={follow.look}>
          {strings.updated(format.count(follow.fresh))}
        </button>
      ) : null}
    </>
  )
}
