import { useEffect, useState } from 'preact/hooks'
import type { Workflows } from '../../http/schemas/executions.ts'
import { asFailure, type Failure } from '../api/failure.ts'
import { paths } from '../api/paths.ts'
import { useTab } from '../hooks/tab-context.ts'
import { useNow } from '../hooks/use-now.ts'
import { strings } from '../strings.ts'
import workflows from '../styles/workflows.css?inline'
import { Icon } from './icon.tsx'
import { PlaceLink } from './place-link.tsx'
import { FailureState, StateCard } from './states.tsx'

export const styles = [workflows]

/** The first page: the workflows that the reader may see. */
export function WorkflowsView() {
  const { api, format } = useTab()
  const now = useNow(30_000)
  const [list, setList] = useState<Workflows | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [attempt, setAttempt] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks for another read
  useEffect(() => {
    const stop = new AbortController()
    setFailure(null)
    api.get<Workflows>(paths.workflows(), stop.signal).then(
      ({ body }) => setList(body),
      (error) => {
        if (stop.signal.aborted) return
        setList(null)
        setFailure(asFailure(error))
      },
    )
    return () => stop.abort()
  }, [api, attempt])

  if (failure) return <FailureState failure={failure} what="list" retry={() => setAttempt((n) => n + 1)} />
  if (list?.length === 0) {
    return <StateCard icon="empty" title={strings.noWorkflows} text={strings.noWorkflowsLead} />
  }
  return (
    <main class="workflows">
      <h2 class="page-title">{strings.workflows}</h2>
      <p class="page-lead">{strings.workflowsLead}</p>
      <ul class="workflow-list" aria-busy={list === null}>
        {(list ?? []).map((workflow) => (
          <li key={workflow.workflow_id}>
            <PlaceLink
              class="workflow-card"
              to={{ workflow: workflow.workflow_id, execution: null, span: null }}
            >
              <span class="glyph kind-workflow">
                <Icon name="link" size={15} />
              </span>
              <span class="workflow-name">{workflow.workflow_id}</span>
              <span class="workflow-meta">
                {strings.workflowExecutions(format.count(workflow.execution_count))}
                {workflow.last_started_at === null
                  ? null
                  : ` · ${strings.lastRun(format.relative(workflow.last_started_at, now))}`}
              </span>
              <Icon name="right" class="faint" />
            </PlaceLink>
          </li>
        ))}
      </ul>
    </main>
  )
}
