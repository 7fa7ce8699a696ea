import type { Summary } from '../../http/schemas/trace.ts'
import type { Loaded } from '../api/load-trace.ts'
import { ArtifactList } from '../detail/artifact-list.tsx'
import { useTab } from '../hooks/tab-context.ts'
import { useNow } from '../hooks/use-now.ts'
import { strings } from '../strings.ts'
import artifacts from '../styles/artifacts.css?inline'
import overview from '../styles/overview.css?inline'
import tables from '../styles/tables.css?inline'
import { Notices, type Stale } from './notices.tsx'
import { SummaryStrip } from './summary-strip.tsx'
import { UsageTable } from './usage-table.tsx'

export const styles = [overview, tables, artifacts]

interface Props {
  loaded: Loaded
  summary: Summary | null
  stale: Stale | null
}

/** The execution as a whole: when, how long, which nodes and models, what it produced. */
export function OverviewView({ loaded, summary, stale }: Props) {
  const { format, go } = useTab()
  const { execution } = loaded
  const running = execution.status === 'running'
  const clock = useNow(running ? 1000 : 0)
  const now = running && execution.started_at ? Math.max(0, clock - Date.parse(execution.started_at)) : 0
  return (
    <div class="overview">
      <SummaryStrip loaded={loaded} summary={summary} now={now} nextError={() => go({ tab: 'trace' })} />
      <Notices loaded={loaded} summary={summary} stale={stale} />
      <div class="overview-body">
        <dl class="about">
          <About label={strings.started} value={format.exact(execution.started_at)} />
          <About
            label={strings.finished}
            value={running ? strings.stillRunning : format.exact(execution.finished_at)}
          />
          {execution.thread_id ? <About label={strings.thread} value={execution.thread_id} /> : null}
          <About label={strings.traceIds} value={execution.trace_ids.join('\n')} mono />
        </dl>
        {summary && summary.by_node.length > 0 ? (
          <section>
            <h3>{strings.nodes}</h3>
            <UsageTable
              head={strings.node}
              rows={summary.by_node.map((node) => ({
                ...node,
                key: node.node_id,
                name: node.node_name ?? node.node_id,
                note: node.node_kind,
              }))}
            />
          </section>
        ) : null}
        {summary && summary.by_model.length > 0 ? (
          <section>
            <h3>{strings.models}</h3>
            <UsageTable
              head={strings.model}
              rows={summary.by_model.map((model) => ({
                ...model,
                key: `${model.provider}/${model.model}`,
                name: model.model ?? strings.unknownModel,
                note: model.provider,
              }))}
            />
          </section>
        ) : null}
        {summary && summary.artifacts.length > 0 ? (
          <section>
            <h3>{strings.artifacts}</h3>
            <ArtifactList artifacts={summary.artifacts} />
          </section>
        ) : null}
      </div>
    </div>
  )
}

function About({ label, value, mono }: { label: string; value: string; mono?: boolean }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd class={mono ? 'mono' : ''}>{value}</dd>
    </div>
  )
}
