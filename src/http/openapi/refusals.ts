import { limits } from '../../limits.ts'

interface Refusal {
  description: string
  headers?: Record<string, string>
}

const again = { 'retry-after': `seconds; ${limits.retryAfterSeconds}` }
const challenge = { 'www-authenticate': 'what to send instead' }

/** What every status of a refusal means here. The codes are those of the catalogue in `errors.ts`. */
const refusals = new Map<number, Refusal>([
  [
    400,
    {
      description:
        'The request is malformed: a parameter, a header, a cursor or the body. `detail` says what.',
    },
  ],
  [401, { description: 'No token, or one that is invalid or over.', headers: challenge }],
  [
    403,
    { description: 'The token lacks the scope, or a policy keeps the content away.', headers: challenge },
  ],
  [404, { description: 'It does not exist, or the token may not see it: the two are told alike.' }],
  [409, { description: 'Other bytes are stored under this id; an artifact does not change.' }],
  [410, { description: 'It was there, and is no longer kept or was erased.' }],
  [413, { description: 'The body exceeds the limit. The connection is closed.' }],
  [415, { description: 'A content type or content encoding that is not taken here.' }],
  [
    416,
    { description: 'The range lies outside the bytes.', headers: { 'content-range': '`bytes */<size>`' } },
  ],
  [429, { description: 'Too much at once from this subject; try again.', headers: again }],
  [500, { description: 'A mistake in the service. Nothing of it is told.' }],
  [
    503,
    {
      description:
        'For now it cannot be done: the database is away, too much is in flight, it took too long, or the service stops. Try again.',
      headers: again,
    },
  ],
])

/** Refusals of every route that asks for a token. */
export const COMMON_REFUSALS: readonly number[] = [400, 401, 403, 429, 500, 503]

/** What a status means. Throws when there is no word for it: a route may not refuse without one. */
export function refusalOf(status: number): Refusal {
  const refusal = refusals.get(status)
  if (refusal === undefined) throw new Error(`no description of the refusal ${status}`)
  return refusal
}
