/** Why a span was refused. A bounded set: each is a label value of `trace_spans_refused_total`. */
export const REFUSAL_REASONS = [
  'bad_trace_id',
  'bad_span_id',
  'wrong_type',
  'workflow_denied',
  'erased',
  'too_many',
  'unstorable',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/** Spans of one request that were refused for one reason. */
export interface Refusal {
  reason: RefusalReason
  count: number
}

/** Why a log record was refused. A bounded set: each is a label value of `trace_logs_refused_total`. */
export const LOG_REFUSAL_REASONS = ['no_span', 'no_content', 'wrong_type', 'erased', 'too_many'] as const
export type LogRefusalReason = (typeof LOG_REFUSAL_REASONS)[number]

/** Log records of one request that were refused for one reason. */
export interface LogRefusal {
  reason: LogRefusalReason
  count: number
}
