import type { Dashboard } from '../../config.ts'
import type { ExecutionRecord } from '../../store/execution-record.ts'
import { displayEndNs, displayStartNs, type SlimSpan } from '../../tree/slim-span.ts'
import type { DashboardLink } from '../schemas/common.ts'

const NS_PER_MS = 1_000_000n

/**
 * Links to external dashboards with their placeholders filled in, every value percent-encoded. In the header
 * `span` is the execution's root. Times that are not known are those of the execution, else empty.
 */
export function dashboardLinks(
  dashboards: readonly Dashboard[],
  where: 'header' | 'span',
  execution: ExecutionRecord,
  span: SlimSpan | null,
): DashboardLink[] {
  const from = span === null ? execution.startedNs : displayStartNs(span)
  const to = (span === null ? null : displayEndNs(span)) ?? execution.endedNs
  const values = new Map([
    ['trace_id', span?.traceId ?? execution.rootTraceId ?? ''],
    ['span_id', span?.spanId ?? execution.rootSpanId ?? ''],
    ['execution_id', execution.key.executionId],
    ['workflow_id', execution.workflowId],
    ['from_ms', from === null ? '' : String(from / NS_PER_MS)],
    ['to_ms', to === null ? '' : String(to / NS_PER_MS + 1n)],
  ])
  return dashboards
    .filter((dashboard) => dashboard.where === null || dashboard.where === where)
    .map(({ name, url }) => ({
      name,
      url: url.replace(/\{(\w+)\}/g, (whole, key) => {
        const value = values.get(key)
        return value === undefined ? whole : encodeURIComponent(value)
      }),
    }))
}
