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
  ToolInterruptError: 'interrupted',
  CancelledError: 'cancelled',
  AbortError: 'cancelled',
  ParentCommand: 'ok',
  GraphBubbleUp: 'ok',
  GeneratorExit: 'ok',
}

/** Of a message with its stack so many UTF-16 units are looked at. */
const LONGEST_MESSAGE = 16_384

/** An exception at the start of a line, with its message or arguments: any error, or one of those that steer. */
const THROWN = new RegExp(
  `^(?:[\\w$]{1,60}\\.){0,8}(\\w{0,60}(?:Error|Exception)|${Object.keys(CONTROL_FLOW).join('|')})(?=[:(]|$)`,
  'gm',
)

/** How the span ended: what its engine says, then its events, then OTLP's status; UNSET is no failure. */
export function statusOf(reading: Reading, span: OtlpSpan): SpanStatus {
  if (span.endNs === 0n) return 'running'
  const stated = reading.text('status')
  if (stated !== null && STATUSES.has(stated)) return stated as SpanStatus
  if (span.statusCode !== ERROR) return 'ok'
  return controlFlow(span) ?? 'error'
}

/** The type of the last exception, or the one that its message, or the stack in it, names. */
function controlFlow(span: OtlpSpan): SpanStatus | null {
  const type = controlFlowType(span)
  return type === null ? null : (CONTROL_FLOW[type] as SpanStatus)
}

/** The exception that steered the workflow; null = the span failed, or did not say by what. */
export function controlFlowType(span: OtlpSpan): string | null {
  let word: unknown
  for (const { name, attributes } of span.events) {
    if (name === 'exception') word = attributes.get('exception.type') ?? attributes.get('exception.message')
  }
  for (const said of [word, span.attributes.get('error.type'), span.statusMessage]) {
    if (typeof said !== 'string') continue
    const text = said.slice(0, LONGEST_MESSAGE)
    for (const name of [leading(text), thrown(text)]) {
      if (name !== null && Object.hasOwn(CONTROL_FLOW, name)) return name
    }
  }
  return null
}

/** The word that a text begins with, without its module. */
function leading(text: string): string | null {
  return /^[\w.$]+/.exec(text.slice(0, 256))?.[0].split('.').at(-1) ?? null
}

/** How an exception of this name (its module may lead) ends a span: most of them fail it. */
export function statusThrown(type: string): SpanStatus {
  const name = type.split('.').at(-1) as string
  return Object.hasOwn(CONTROL_FLOW, name) ? (CONTROL_FLOW[name] as SpanStatus) : 'error'
}

/** The last exception that a text names at the start of a line: `GraphInterrupt: …` below its message, or a stack's end. */
function thrown(text: string): string | null {
  return [...text.matchAll(THROWN)].at(-1)?.[1] ?? null
}
