import type { OtlpSpan } from '../model/otlp.ts'
import type { SpanStatus } from '../model/span.ts'
import type { Reading } from './reading.ts'
import { controlFlowType } from './status.ts'

/** Where the message ends and the stack begins. */
const STACK = /\r?\n[ \t]*\r?\n|\r?\n\s+at |Traceback \(most recent call last\)/

/** A stack's first line, as JavaScript writes it: `TypeError: node exploded`. */
const TYPE_IN_STACK = /(?:^|\n)([A-Z]\w{0,60}(?:Error|Exception)):/

/** OTLP's status code for an error. */
const ERROR = 2

/** What went wrong, for a span that did not end well; its first lines only (the rest stays in the events). */
export function errorOf(
  reading: Reading,
  span: OtlpSpan,
  status: SpanStatus,
): { errorType: string | null; errorMessage: string | null } {
  if (status === 'ok' || status === 'running') return { errorType: null, errorMessage: null }
  let type: string | null = null
  let exception: string | null = null
  let detail: string | null = null
  for (const { name, attributes } of span.events) {
    const get = (key: string) => {
      const value = attributes.get(key)
      return typeof value === 'string' && value !== '' ? value : null
    }
    // The last exception is the one that ended the span.
    type = get('exception.type') ?? type
    exception = get('exception.message') ?? exception
    if (name === 'error.detail') detail = get('message') ?? detail
  }
  const said = span.statusCode === ERROR && span.statusMessage !== '' ? span.statusMessage : null
  const message = reading.text('errorMessage') ?? said ?? exception ?? detail
  const errorType =
    reading.text('errorType') ??
    type ??
    (status === 'error' ? (typeInStack(message) ?? reading.text('responseCode')) : controlFlowType(span))
  return { errorType, errorMessage: message === null ? null : firstLines(message) }
}

function firstLines(message: string): string {
  const text = message.trim()
  const end = text.search(STACK)
  return (end > 0 ? text.slice(0, end) : text).trim()
}

function typeInStack(message: string | null): string | null {
  return message === null ? null : (TYPE_IN_STACK.exec(message.slice(0, 4096))?.[1] ?? null)
}
