import type { SlimSpan } from '../../src/tree/slim-span.ts'

/** A span for the tests of trees: ids and parents are short words, times count from 1,000. */
export function slim(spanId: string, parentSpanId = '', over: Partial<SlimSpan> = {}): SlimSpan {
  const startNs = over.startNs ?? 1_000n
  return {
    traceId: 't1',
    spanId,
    parentSpanId,
    startNs,
    endNs: startNs + 100n,
    reportedDurationNs: null,
    flags: 0,
    kind: 'internal',
    status: 'ok',
    name: spanId,
    title: null,
    executionId: null,
    workflowId: null,
    workflowName: null,
    serviceName: null,
    threadId: null,
    nodeId: null,
    nodeName: null,
    nodeKind: null,
    model: null,
    provider: null,
    responseId: null,
    tokens: tokens(null, null),
    tokensAggregated: false,
    cost: null,
    costEstimated: false,
    errorType: null,
    errorMessage: null,
    artifactCount: 0,
    noticeCodes: [],
    fingerprint: 1n,
    ...over,
  }
}

export const tokens = (input: number | null, output: number | null) => ({
  input,
  output,
  total: null,
  cachedInput: null,
  cacheWriteInput: null,
  reasoningOutput: null,
})
