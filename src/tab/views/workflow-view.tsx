import { useEffect, useRef, useState } from 'preact/hooks'
import { useTab } from '../hooks/tab-context.ts'
import { useExecutions } from '../hooks/use-executions.ts'
import { strings } from '../strings.ts'
import { ExecutionList } from './execution-list.tsx'
import { ExecutionView } from './execution-view.tsx'
import { Icon } from './icon.tsx'
import { FailureState, StateCard } from './states.tsx'

/** The executions of a workflow at the left, the chosen one at the right. */
export function WorkflowView({ workflow, showList }: { workflow: string; showList: boolean }) {
  const { api, place, go, narrow, roomy } = useTab()
  const list = useExecutions(api, showList ? workflow : null)
  const [shown, setShown] = useState<boolean | null>(null)
  const [sheet, setSheet] = useState(false)
  const newest = list.rows?.[0]?.execution_id ?? null

  // A workflow without a chosen execution shows its newest.
  useEffect(() => {
    if (place.execution === null && newest !== null) go({ execution: newest }, { replace: true })
  }, [place.execution, newest, go])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another execution closes the sheet
  useEffect(() => setSheet(false), [place.execution])

  const at = list.rows?.findIndex((row) => row.execution_id === place.execution) ?? -1
  const beside = (by: number) => (at < 0 ? undefined : list.rows?.[at + by])
  const step = (by: number) => {
    const next = beside(by)
    if (next) go({ execution: next.execution_id, span: null })
  }
  const open = narrow ? sheet : (shown ?? roomy)
  const root = useRef<HTMLDivElement>(null)
  const toggle = () => {
    if (narrow) setSheet(!open)
    else setShown(!open)
    // The button that was pressed is gone with that: the focus goes to the one that takes it back.
    setTimeout(() => root.current?.querySelector<HTMLElement>(open ? '.show-list' : '.hide-list')?.focus())
  }
  return (
    <div ref={root} class={`workflow ${showList && open ? 'with-list' : ''}`}>
      {showList && open ? <ExecutionList list={list} close={toggle} /> : null}
      <main class="main">
        {place.execution !== null ? (
          <ExecutionView
            execution={place.execution}
            step={step}
            ends={showList ? [!beside(-1), !beside(1)] : null}
            listButton={
              showList && !open ? (
                <button
                  type="button"
                  class="icon-button show-list"
                  title={strings.showExecutions}
                  aria-label={strings.showExecutions}
                  onClick={toggle}
                >
                  <Icon name="list" />
                </button>
              ) : null
            }
          />
        ) : list.failure ? (
          <FailureState failure={list.failure} retry={list.reload} what="list" />
        ) : list.rows?.length === 0 ? (
          <StateCard icon="empty" title={strings.noExecutions} text={strings.emptyText}>
            <button type="button" class="button" onClick={list.reload}>
              {strings.refresh}
            </button>
          </StateCard>
        ) : list.rows ? (
          <StateCard icon="list" title={strings.chooseExecution} text={strings.chooseExecutionText} />
        ) : null}
      </main>
    </div>
  )
}
