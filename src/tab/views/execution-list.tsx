import { useTab } from '../hooks/tab-context.ts'
import type { ExecutionList as List } from '../hooks/use-executions.ts'
import { useNow } from '../hooks/use-now.ts'
import { type ExecutionRow, rowKey } from '../model/execution-rows.ts'
import { strings } from '../strings.ts'
import { Icon } from './icon.tsx'
import { PlaceLink } from './place-link.tsx'
import { StatusGlyph } from './status.tsx'

const STATUSES = ['running', 'completed', 'failed', 'cancelled', 'interrupted'] as const

/** Characters at the end of an id that are always seen: often they alone tell one execution from the next. */
const TAIL = 8

const GHOSTS = [0, 1, 2, 3, 4].map((n) => (
  <li key={n} class="rail-ghost">
    <span class="ghost" />
  </li>
))

/** The executions of the workflow, newest first. */
export function ExecutionList({ list, close }: { list: List; close: () => void }) {
  const { place, narrow } = useTab()
  const now = useNow(10_000)
  const { rows, status } = list
  return (
    <nav
      class="rail"
      aria-label={strings.executions}
      onKeyDown={(event) => narrow && event.key === 'Escape' && close()}
    >
      <div class="rail-head">
        <h2>{strings.executions}</h2>
        {status || rows?.length ? (
          <select
            class="select"
            aria-label={strings.filterStatus}
            value={status}
            onChange={(event) => list.setStatus(event.currentTarget.value)}
          >
            <option value="">{strings.allStatuses}</option>
            {STATUSES.map((name) => (
              <option key={name} value={name}>
                {strings.status[name]}
              </option>
            ))}
          </select>
        ) : null}
        <span class="spacer" />
        <button
          type="button"
          class="icon-button hide-list"
          title={strings.hideExecutions}
          aria-label={strings.hideExecutions}
          onClick={close}
        >
          <Icon name="left" />
        </button>
      </div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a choice inside bubbles up to it */}
      <ol
        class="rail-list"
        onClick={(event) => {
          // a sheet has done what it was opened for, and where the reader is already too
          if (narrow && event.target instanceof Element && event.target.closest('.rail-row')) close()
        }}
      >
        {rows
          ? rows.map((row) => (
              <Row key={rowKey(row)} row={row} now={now} current={row.execution_id === place.execution} />
            ))
          : list.failure
            ? null
            : GHOSTS}
        {rows?.length === 0 ? (
          <li class="rail-none">{status ? strings.noneOfStatus : strings.noExecutions}</li>
        ) : null}
        {list.failure && !rows && place.execution !== null ? (
          <li class="rail-none">
            {strings.failed.list}{' '}
            <button type="button" class="link" onClick={list.reload}>
              {strings.refresh}
            </button>
          </li>
        ) : null}
      </ol>
      {list.hasMore ? (
        <button type="button" class="button rail-more" onClick={list.loadMore}>
          {strings.loadMore}
        </button>
      ) : null}
    </nav>
  )
}

function Row({ row, now, current }: { row: ExecutionRow; now: number; current: boolean }) {
  const { format } = useTab()
  const running = row.status === 'running'
  const duration = running ? Math.max(0, now - Date.parse(row.started_at)) : row.duration_ms
  return (
    <li>
      <PlaceLink
        class="rail-row"
        current={current}
        to={{ workflow: row.workflow_id, execution: row.execution_id, span: null }}
        title={`${row.execution_id}\n${format.exact(row.started_at)}`}
      >
        <StatusGlyph status={row.status} />
        <span class="rail-main">
          <span class="rail-id">
            <span>{row.execution_id.slice(0, -TAIL)}</span>
            <span>{row.execution_id.slice(-TAIL)}</span>
          </span>
          <span class="rail-meta">
            <span>{format.relative(row.started_at, now)}</span>
            <span class="num">{format.duration(duration)}</span>
            {row.tokens.total === null ? null : (
              <span class="num" title={`${format.count(row.tokens.total)} ${strings.tokens}`}>
                {format.compact(row.tokens.total)} {strings.tok}
              </span>
            )}
          </span>
        </span>
      </PlaceLink>
    </li>
  )
}
