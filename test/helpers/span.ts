import type { Span } from '../../src/model/span.ts'

const base = {
  traceState: '',
  flags: 0x101,
  otelKind: 1,
  kind: 'internal',
  reportedDurationNs: null,
  status: 'ok',
  statusCode: 0,
  statusMessage: '',
  executionId: null,
  workflowId: null,
  workflowName: null,
  threadId: null,
  userId: null,
  nodeId: null,
  nodeName: null,
  nodeKind: null,
  model: null,
  provider: null,
  responseId: null,
  finishReason: null,
  tokensAggregated: false,
  cost: null,
  errorType: null,
  errorMessage: null,
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
} as const

/** Today, some hours ago: a time that has a partition whenever the test runs. */
export const someTimeNs = (BigInt(Date.now()) - 3_600_000n) * 1_000_000n

/** A normalized span with everything that a test does not name. `trace` and `id` are short: they are padded. */
export function span(trace: string, id: string, parent: string | null, over: Partial<Span> = {}): Span {
  const startNs = over.startNs ?? someTimeNs
  return {
    ...base,
    traceId: trace.padStart(32, '0'),
    spanId: id.padStart(16, '0'),
    parentSpanId: parent === null ? null : parent.padStart(16, '0'),
    name: `span ${id}`,
    startNs,
    endNs: startNs + 1_000_000n,
    tokens: {
      input: null,
      output: null,
      total: null,
      cachedInput: null,
      cacheWriteInput: null,
      reasoningOutput: null,
    },
    artifacts: [],
    attributes: new Map(),
    content: new Map(),
    events: [],
    links: [],
    resource: { attributes: new Map([['service.name', 'tests']]), droppedAttributesCount: 0, schemaUrl: '' },
    scope: { name: 'test', version: '1', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
    notices: [],
    ...over,
  }
}
