import type { SpanKind, SpanStatus, Tokens } from '../model/span.ts'

/** A stored span without its content: what trees, roll-ups and lists are made of. */
export interface SlimSpan {
  traceId: string
  spanId: string
  /** '' = none. */
  parentSpanId: string
  startNs: bigint
  /** null = running. */
  endNs: bigint | null
  reportedDurationNs: bigint | null
  flags: number
  kind: SpanKind
  status: SpanStatus
  name: string
  /** What a row of the tree is called, where that is not the name. */
  title: string | null
  /** What the span names itself. */
  executionId: string | null
  workflowId: string | null
  workflowName: string | null
  serviceName: string | null
  threadId: string | null
  nodeId: string | null
  nodeName: string | null
  nodeKind: string | null
  model: string | null
  provider: string | null
  responseId: string | null
  tokens: Tokens
  tokensAggregated: boolean
  /** Decimal string in US dollars. */
  cost: string | null
  costEstimated: boolean
  errorType: string | null
  errorMessage: string | null
  artifactCount: number
  /** Of them, those that log records alone carry; absent = none. */
  loggedArtifactCount?: number
  noticeCodes: readonly string[]
  /** When the stored version was received: Unix milliseconds. */
  receivedMs?: number
  /** 64 bits of the hash of the stored version: equal = nothing changed. */
  fingerprint: bigint
}

/** What a row of the tree shows of its span. */
export interface RowSpan
  extends Pick<
    SlimSpan,
    | 'traceId'
    | 'spanId'
    | 'parentSpanId'
    | 'startNs'
    | 'endNs'
    | 'reportedDurationNs'
    | 'flags'
    | 'kind'
    | 'status'
    | 'name'
    | 'title'
    | 'executionId'
    | 'nodeId'
    | 'model'
    | 'cost'
    | 'artifactCount'
    | 'noticeCodes'
  > {
  tokens: Pick<Tokens, 'input' | 'output'>
  /** Absent = not read. */
  eventCount?: number
}

type Timed = Pick<SlimSpan, 'startNs' | 'endNs' | 'reportedDurationNs'>

/** The parent is in another process (OTLP `flags`): if it never comes, nothing is missing. */
export const PARENT_IS_REMOTE = 0x200

/** When the work began, for display: engines that record after the fact say how long it took. */
export function displayStartNs(span: Timed): bigint {
  const { startNs, endNs, reportedDurationNs } = span
  if (startNs === 0n) return endNs ?? 0n
  if (reportedDurationNs === null || endNs === null || endNs - startNs >= reportedDurationNs) return startNs
  return endNs - reportedDurationNs
}

/** When it ended, for display: never before its start; null = running. */
export function displayEndNs(span: Timed): bigint | null {
  const start = displayStartNs(span)
  return span.endNs === null || span.endNs >= start ? span.endNs : start
}

const NS_PER_MS = 1_000_000

/** Milliseconds with a fraction, for display; null = running. */
export function displayDurationMs(span: Timed): number | null {
  const end = displayEndNs(span)
  return end === null ? null : Number(end - displayStartNs(span)) / NS_PER_MS
}
