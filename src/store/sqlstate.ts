/** What a failure of the database means for the caller. */
type FailureClass = 'away' | 'overload' | 'slow' | 'conflict' | 'full' | 'duplicate' | 'data' | 'unknown'

/** `retry`: the same work may be tried again at once (on a new client, with jitter), a few times. */
export interface Failure {
  class: FailureClass
  retry: boolean
}

const failure = (of: FailureClass, retry: boolean): Failure => Object.freeze({ class: of, retry })

const away = failure('away', false)
const awayRetry = failure('away', true)
const overload = failure('overload', false)
const overloadRetry = failure('overload', true)
const slow = failure('slow', false)
const conflict = failure('conflict', true)
const full = failure('full', false)
const duplicate = failure('duplicate', false)
const data = failure('data', false)
const unknown = failure('unknown', false)

/** SQLSTATE (PostgreSQL, appendix A) and Node's system codes. Classes of two characters come second. */
const byCode = new Map<string, Failure>([
  ['ECONNREFUSED', away],
  ['ENOENT', away],
  ['EAI_AGAIN', away],
  ['ENOTFOUND', away],
  ['EHOSTUNREACH', away],
  ['ENETUNREACH', away],
  ['ETIMEDOUT', away],
  ['ECONNRESET', awayRetry],
  ['EPIPE', awayRetry],
  ['57P01', awayRetry],
  ['57P02', awayRetry],
  ['57P03', away],
  ['57P05', awayRetry],
  ['25006', away],
  ['53300', overloadRetry],
  ['53200', overload],
  ['53400', overload],
  ['57014', slow],
  ['55P03', slow],
  ['25P03', slow],
  ['40P01', conflict],
  ['40001', conflict],
  ['53100', full],
  ['58030', full],
  ['23505', duplicate],
  ['08P01', data],
  ['21000', data],
  ['54000', data],
  ['54001', data],
])

const byClass = new Map<string, Failure>([
  ['08', awayRetry],
  ['22', data],
  ['23', data],
])

/** What `pg` and `pg-pool` throw without a code; the words are theirs (pg 8.23, pg-pool 3.14). */
const byMessage: ReadonlyArray<readonly [RegExp, Failure]> = [
  [/timeout exceeded when trying to connect/, overload],
  [/Query read timeout/, slow],
  [/Connection terminated due to connection timeout/, away],
  [/Connection terminated|Client has encountered a connection error|Client was closed/, awayRetry],
  [/Cannot use a pool after calling end/, away],
]

/**
 * Says what a failure thrown by `pg` means. Never throws; what it does not know is `unknown`.
 * `away`, `overload`, `slow` and `full` are a 503 to callers, `data` is our own bug, found by bisection.
 */
export function classify(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) return unknown
  const { code, message, errors } = error as { code?: unknown; message?: unknown; errors?: unknown }
  if (typeof code === 'string') {
    const known = byCode.get(code) ?? (/^[0-9A-Z]{5}$/.test(code) ? byClass.get(code.slice(0, 2)) : undefined)
    if (known) return known
  }
  if (typeof message === 'string') {
    for (const [words, known] of byMessage) if (words.test(message)) return known
  }
  // Node tries every address of a name and throws an AggregateError of what each said.
  return Array.isArray(errors) && errors.length > 0 ? classify(errors[0]) : unknown
}
