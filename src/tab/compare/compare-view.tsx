import { useEffect, useState } from 'preact/hooks'
import type { Comparison } from '../../http/schemas/compare.ts'
import { asFailure, type Failure } from '../api/failure.ts'
import { paths } from '../api/paths.ts'
import { useTab } from '../hooks/tab-context.ts'
import { useExecutions } from '../hooks/use-executions.ts'
import type { ViewProps } from '../hooks/view-props.ts'
import { strings } from '../strings.ts'
import compareCss from '../styles/compare.css?inline'
import tablesCss from '../styles/tables.css?inline'
import { FailureState, LoadingRows, StateCard } from '../views/states.tsx'
import { CompareHead } from './compare-head.tsx'
import { CompareTable } from './compare-table.tsx'

export const styles = [tablesCss, compareCss]

/** This execution beside another one of the workflow, node by node. */
export function CompareView({ loaded }: ViewProps) {
  const { api, format, place, go } = useTab()
  const list = useExecutions(api, place.workflow)
  const execution = loaded.execution.execution_id
  const { comparison, failure, retry } = useComparison(execution, place.other)
  const [all, setAll] = useState(false)
  const others = (list.rows ?? []).filter((row) => row.execution_id !== execution)
  // what a reader asks of a failure first: what was different when it went well
  const { started_at: start } = loaded.execution
  const earlier = others.find(
    (row) => row.status === 'completed' && (start === null || Date.parse(row.started_at) < Date.parse(start)),
  )
  const changed = comparison?.nodes.filter((node) => node.changes.length > 0).length ?? 0
  return (
    <div class="compare">
      <div class="compare-picker">
        <label>
          <span>{strings.compareWith}</span>
          <select
            class="select"
            value={place.other ?? ''}
            onChange={(event) => go({ other: event.currentTarget.value || null })}
          >
            <option value="">{strings.chooseOther}</option>
            {place.other !== null && !others.some((row) => row.execution_id === place.other) ? (
              <option value={place.other}>{place.other}</option>
            ) : null}
            {others.map((row) => (
              <option key={row.execution_id} value={row.execution_id}>
                {`${row.execution_id} · ${format.time(row.started_at)} · ${strings.status[row.status]}`}
              </option>
            ))}
          </select>
        </label>
        {comparison ? (
          <label class="check">
            <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
            {strings.showUnchanged(format.count(comparison.nodes.length - changed))}
          </label>
        ) : null}
      </div>
      {place.other === null ? (
        <StateCard icon="list" title={strings.chooseOther} text={strings.chooseOtherText}>
          {earlier ? (
            <button type="button" class="button" onClick={() => go({ other: earlier.execution_id })}>
              {strings.compareEarlier}
            </button>
          ) : null}
        </StateCard>
      ) : failure ? (
        <FailureState failure={failure} retry={retry} what="comparison" />
      ) : comparison === null ? (
        <LoadingRows />
      ) : (
        <>
          <CompareHead comparison={comparison} />
          {comparison.notices.map((notice) => (
            <p key={notice.code} class="view-note">
              {notice.message}
            </p>
          ))}
          {changed === 0 && !all ? <p class="none compare-same">{strings.nothingChanged}</p> : null}
          <CompareTable comparison={comparison} all={all} />
        </>
      )}
    </div>
  )
}

function useComparison(execution: string, other: string | null) {
  const { api } = useTab()
  const [state, setState] = useState<{ key: string; comparison: Comparison | null; failure: Failure | null }>(
    {
      key: '',
      comparison: null,
      failure: null,
    },
  )
  const [attempt, setAttempt] = useState(0)
  const key = JSON.stringify([execution, other])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for both, `attempt` asks again
  useEffect(() => {
    if (other === null) return
    const stop = new AbortController()
    // The other one first: "removed" is what only the earlier had.
    api.get<Comparison>(paths.compare(other, execution), stop.signal).then(
      ({ body }) => setState({ key, comparison: body, failure: null }),
      (error) => {
        if (!stop.signal.aborted) setState({ key, comparison: null, failure: asFailure(error) })
      },
    )
    return () => stop.abort()
  }, [api, key, attempt])
  const own = state.key === key
  return {
    comparison: own ? state.comparison : null,
    failure: own ? state.failure : null,
    retry: () => setAttempt((n) => n + 1),
  }
}
