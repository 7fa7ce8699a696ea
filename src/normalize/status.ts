import type { OtlpSpan } from '../model/otlp.ts'
import type { SpanStatus } from '../model/span.ts'
import type { Reading } from './reading.ts'

const STATUSES = new Set(['ok', 'error', 'cancelled', 'interrupted'])

/** OTLP's status code for an error. */
const ERROR = 2

/** Exceptions that steer a workflow instead of failing it, by the last part of their type. */
const CONTROL_FLOW: Readonly<Record<string, SpanStatus>> = {
  GraphInterrupt: 'interrupted',
  NodeInterrupt: 'interrupted',
  CallDeferred: 'interrupted',
  ApprovalRequired: 'interrupted',
  CancelledError: 'cancelled',
  AbortError: 'cancelled',
  ParentCommand: 'ok',
  GraphBubbleUp: 'ok',
  GeneratorExit: 'ok',
}

/** How the span ended: what its engine says, then its events, then OTLP's status; UNSET is no failure. */
export function statusOf(reading: Reading, span: OtlpSpan): SpanStatus {
  if (span.endNs === 0n) return 'running'
  const stated = reading.text('status')
  if (stated !== null && STATUSES.has(stated)) return stated as SpanStatus
  if (span.statusCode !== ERROR) return 'ok'
  return controlFlow(span) ?? 'error'
}

/** The type of the last exception, or the word that the message begins with. */
function controlFlow(span: OtlpSpan): SpanStatus | null {
  let word: unknown
  for (const { name, attributes } of span.events) {
    if (name === 'exception') word = attributes.get('exception.type') ?? attributes.get('exception.message')
  }
  for (const candidate of [word, span.statusMessage]) {
    if (typeof candidate !== 'string') continue
    const type = /^[\w.$]+/.exec(candidate.slice(0, 256))?.[0].split('.').at(-1) ?? ''
    if (Object.hasOwn(CONTROL_FLOW, type)) return CONTROL_FLOW[type] as SpanStatus
  }
  return null
}
