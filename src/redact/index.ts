/**
 * Spans in, spans without secrets out (design: docs/redaction.md). At ingest `redactSpan`, before anything is
 * stored; for look-ups by id `redactId`; in answers `maskValue`.
 */
export { redactPatterns } from './grant.ts'
export { redactLog } from './log.ts'
export { maskText, maskValue } from './mask.ts'
export { aliasOf, redactId } from './pass.ts'
export {
  BadRule,
  createRedactor,
  REDACTION_VERSION,
  type Redactor,
  type RedactorOptions,
  withIdKey,
} from './redactor.ts'
export { redactText } from './text.ts'
export { redactSpan } from './walk.ts'

/** Adds up the counts of many spans, for `trace_redactions_total{rule}`. */
export function countRules(counts: Iterable<ReadonlyMap<string, number>>): Map<string, number> {
  const sum = new Map<string, number>()
  for (const of of counts) for (const [rule, times] of of) sum.set(rule, (sum.get(rule) ?? 0) + times)
  return sum
}
