import { limits } from '../limits.ts'
import type { LogRecord, LogsRequest, SpanLog } from '../model/log.ts'
import type { LogRefusal, LogRefusalReason } from '../model/refusal.ts'
import { boundAttributes, boundText, boundValue } from './bound.ts'
import { idDefect } from './ids.ts'
import { Notices } from './notices.ts'
import { storableTime } from './time.ts'

/** What makes a record an exception, whatever it is called. */
const EXCEPTION_KEYS = ['exception.type', 'exception.message', 'exception.stacktrace']

/**
 * Of a request the log records that say something of a span: gen_ai content and exceptions. All others are
 * counted by the reason why they are not kept: this is no store for logs. Pure and total.
 */
export function normalizeLogs(request: LogsRequest): { logs: SpanLog[]; refused: LogRefusal[] } {
  const logs: SpanLog[] = []
  const refusals = new Map<LogRefusalReason, number>()
  if (request.surplusRecords) refusals.set('too_many', request.surplusRecords)
  for (const record of request.records) {
    const reason = refusalOf(record)
    if (reason === null) logs.push(spanLog(record))
    else refusals.set(reason, (refusals.get(reason) ?? 0) + 1)
  }
  return { logs, refused: [...refusals].map(([reason, count]) => ({ reason, count })) }
}

function refusalOf(record: LogRecord): LogRefusalReason | null {
  if (record.defect !== null) return 'wrong_type'
  if (idDefect(record) !== null) return 'no_span'
  const told = /^(gen_ai\.|exception)/.test(nameOf(record))
  return told || EXCEPTION_KEYS.some((key) => record.attributes.has(key)) ? null : 'no_content'
}

/** Older senders name the event in an attribute. */
function nameOf({ eventName, attributes }: LogRecord): string {
  if (eventName !== '') return eventName
  const name = attributes.get('event.name')
  return typeof name === 'string' ? name : ''
}

/** What the receiver mends of a record is not told: it is read through its span. */
function spanLog(record: LogRecord): SpanLog {
  const notices = new Notices()
  const { attributes, dropped } = boundAttributes(record.attributes, limits.maxContentLength, notices)
  return {
    traceId: record.traceId,
    spanId: record.spanId,
    timeNs: storableTime(record.timeNs === 0n ? record.observedTimeNs : record.timeNs, notices),
    severity: record.severity,
    name: boundText(nameOf(record), limits.maxIdLength, notices) || 'exception',
    body: boundValue(record.body, limits.maxContentLength, notices),
    attributes,
    droppedAttributesCount: record.droppedAttributesCount + dropped,
  }
}

/** What a span's log records say of its failure: the last exception among them. */
export function loggedException(
  logs: readonly Pick<SpanLog, 'attributes'>[],
): { type: string | null; message: string | null; stack: string | null } | null {
  const last = logs.findLast(({ attributes }) => EXCEPTION_KEYS.some((key) => attributes.has(key)))
  if (last === undefined) return null
  const text = (key: string) => {
    const value = last.attributes.get(key)
    return typeof value === 'string' && value !== '' ? value : null
  }
  return {
    type: text('exception.type'),
    message: text('exception.message'),
    stack: text('exception.stacktrace'),
  }
}
