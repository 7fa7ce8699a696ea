import type { Message, MessagePart } from '../../../src/model/message.ts'
import type { TraceRequest } from '../../../src/model/otlp.ts'
import type { Span } from '../../../src/model/span.ts'
import { type ContentLog, readContent } from '../../../src/normalize/content.ts'
import { normalizeRequest } from '../../../src/normalize/index.ts'
import { displayName } from '../../../src/normalize/title.ts'

/** A span as a reader reviews it: what is unset is left out, messages are lines. */
export type Summary = Record<string, unknown>

const SHOWN = [
  'parentSpanId',
  'kind',
  'status',
  'executionId',
  'workflowId',
  'workflowName',
  'threadId',
  'userId',
  'nodeId',
  'nodeName',
  'nodeKind',
  'model',
  'provider',
  'responseId',
  'finishReason',
  'tokensAggregated',
  'cost',
  'errorType',
  'errorMessage',
  'artifacts',
  'notices',
] as const

export function summarize(span: Span, logs: readonly ContentLog[] = []): Summary {
  const summary: Summary = { name: span.name, spanId: span.spanId }
  const title = displayName(span)
  if (title !== span.name) summary.title = title
  for (const field of SHOWN) {
    const value = span[field]
    const empty = value === null || value === false || (Array.isArray(value) && value.length === 0)
    if (!empty) summary[field] = value
  }
  const { input: tokensIn, output: tokensOut, ...rest } = span.tokens
  const counts = { in: tokensIn, out: tokensOut, ...rest }
  const tokens = Object.entries(counts).filter(([, count]) => count !== null)
  if (tokens.length > 0) summary.tokens = tokens.map(([name, count]) => `${name} ${count}`).join(', ')
  if (span.reportedDurationNs !== null) summary.reportedMs = Number(span.reportedDurationNs / 1_000_000n)
  if (span.content.size > 0) summary.contentKeys = [...span.content.keys()].sort()
  const { input, output, tools } = readContent(span, logs)
  for (const [side, content] of Object.entries({ input, output })) {
    if (content.messages.length > 0) summary[side] = content.messages.map(line)
    if (content.value !== null) summary[`${side}Value`] = short(content.value)
  }
  if (tools.length > 0) summary.tools = tools.map(short)
  return summary
}

/** Every span of a request, in the order sent. */
export function summaries(
  request: TraceRequest,
  logsOf: (span: Span) => readonly ContentLog[] = () => [],
): Summary[] {
  return normalizeRequest(request).spans.map((span) => summarize(span, logsOf(span)))
}

function line(message: Message): string {
  const name = message.name === undefined ? '' : ` (${message.name})`
  const reason = message.finish_reason === undefined ? '' : ` [${message.finish_reason}]`
  return `${message.role}${name}: ${message.parts.map(partLine).join(' | ')}${reason}`
}

function partLine(part: MessagePart): string {
  switch (part.type) {
    case 'text':
      return short(part.content)
    case 'reasoning':
      return `<reasoning> ${short(part.content)}`
    case 'tool_call':
      return `<call ${part.id} ${part.name}> ${short(part.arguments)}`
    case 'tool_result':
      return `<result ${part.id} ${part.name}> ${short(part.result)}`
    case 'json':
      return `<json> ${short(part.content)}`
    default:
      return `<${part.type} ${part.media_type} ${part.size} ${part.sha256?.slice(0, 8)} ${part.uri}>`
  }
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')
  return text.length > 120 ? `${text.slice(0, 119)}… (${text.length})` : text
}
