import type { Span } from '../../model/span.ts'
import { displayDurationMs, displayEndNs, displayStartNs, type SlimSpan } from '../../tree/slim-span.ts'
import type { CanvasSpan } from '../schemas/trace.ts'
import { presentSpanArtifacts } from './artifact.ts'
import { rfc3339, rfc3339OrNull } from './time.ts'
import { presentCost, presentTokens } from './usage.ts'
import { type View, viewAttributes, viewEvents, viewMap, viewMessage } from './view.ts'

/** The fields that every answer with whole spans has. `slim` and `span` are the same span, loaded apart. */
export function presentSpan(slim: SlimSpan, span: Span, executionId: string, view: View): CanvasSpan {
  return {
    span_id: slim.spanId,
    parent_span_id: slim.parentSpanId === '' ? null : slim.parentSpanId,
    name: view.mask(slim.name),
    start_time: rfc3339(displayStartNs(slim)),
    end_time: rfc3339OrNull(displayEndNs(slim)),
    attributes: viewAttributes(span, view),
    events: viewEvents(span.events, view),
    status: {
      code: statusCode(slim),
      message: viewMessage(span.statusMessage, view),
    },
    links: span.links.map((link) => ({
      trace_id: link.traceId,
      span_id: link.spanId,
      attributes: viewMap(link.attributes, view),
    })),
    kind: slim.kind,
    state: slim.status,
    duration_ms: displayDurationMs(slim),
    execution_id: executionId,
    node_id: slim.nodeId,
    node_name: view.mask(slim.nodeName),
    model: slim.model,
    provider: slim.provider,
    tokens: presentTokens(slim.tokens),
    cost: {
      ...presentCost(slim.cost, slim.costEstimated),
      ...(span.cost?.version === undefined ? {} : { price_version: span.cost.version }),
    },
    artifacts: presentSpanArtifacts(span.artifacts, slim.spanId, view),
    notices: span.notices,
  }
}

/** Canvas draws UNSET as a warning: a span that ended without error is OK. */
function statusCode(span: SlimSpan): 'OK' | 'ERROR' | 'UNSET' {
  if (span.status === 'running') return 'UNSET'
  return span.status === 'error' || span.status === 'cancelled' ? 'ERROR' : 'OK'
}
