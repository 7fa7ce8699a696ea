/** What a reader mended in a span, as notice codes; each is listed once for one span. */
export type Repairs = string[]

export const REPAIR = {
  /** Bytes that are not UTF-8 became U+FFFD. */
  utf8: 'invalid_utf8',
  /** A lone surrogate in JSON became U+FFFD. */
  surrogate: 'lone_surrogate',
  /** A key came twice; the last value stands. */
  duplicateKey: 'duplicate_key',
  /** A value nested deeper than `limits.maxDepth` became `TOO_DEEP`. */
  tooDeep: 'too_deep',
  /** JSON `doubleValue: null`, which is how JavaScript exporters write NaN, became NaN. */
  nullDouble: 'null_double',
  /** A bare JSON number beyond 2^53, written so that its digits are lost (`1e20`). */
  intPrecision: 'int_precision',
  /** The text of a JSON `intValue`, `doubleValue` or `bytesValue` is no such value; it is kept as a string. */
  badNumber: 'bad_number',
  badBase64: 'bad_base64',
  /** A link whose ids are not hex: they became ''. */
  badLinkId: 'bad_link_id',
  /** More events and links in one request than are read; the others are counted as dropped. */
  tooManyEvents: 'too_many_events',
} as const

/** Stands for a value that was nested too deep to keep. */
export const TOO_DEEP = '[nested too deep]'

/** Notes a repair once. */
export function repair(repairs: Repairs, code: string): void {
  if (!repairs.includes(code)) repairs.push(code)
}

/** Notes all repairs of `from` in `to`: what was mended in a resource or scope is told of each of its spans. */
export function addRepairs(to: Repairs, from: Repairs): void {
  for (const code of from) repair(to, code)
}
