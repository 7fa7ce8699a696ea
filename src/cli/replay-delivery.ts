import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)

/** What became of one line. */
export type Delivery =
  | { outcome: 'delivered'; refused: number; reason: string }
  /** The service will never take it. */
  | { outcome: 'bad'; reason: string }
  /** The token is wrong: no line will be taken. */
  | { outcome: 'denied'; reason: string }
  /** The service is away, or too busy for too long. */
  | { outcome: 'away'; reason: string }

export interface Target {
  url: string
  token: string | null
  /** Milliseconds that one line is tried. */
  patienceMs: number
  /** Told before each pause. */
  waiting(reason: string, ms: number): void
}

/** Milliseconds before the second try; doubled each time. */
const FIRST_PAUSE_MS = 500
/** The longest pause, whatever the service asks for. */
const MOST_PAUSE_MS = 30_000
/** Milliseconds for one answer: the service answers within 8 s. */
const ANSWER_MS = 30_000
/** OTLP: only these are to be tried again. */
const retryable = new Set([429, 502, 503, 504])

/** Sends one OTLP/JSON request until it is answered for good. Never rejects, and never says what was sent. */
export async function deliver(line: Buffer, target: Target): Promise<Delivery> {
  const body = new Uint8Array(await compress(line))
  const until = Date.now() + target.patienceMs
  let pause = FIRST_PAUSE_MS
  for (;;) {
    const answer = await post(body, target)
    if ('outcome' in answer) return answer
    const ms = Math.min(answer.retryAfterMs ?? pause, MOST_PAUSE_MS)
    if (Date.now() + ms > until) return { outcome: 'away', reason: answer.reason }
    target.waiting(answer.reason, ms)
    await wait(ms)
    pause *= 2
  }
}

async function post(
  body: Uint8Array<ArrayBuffer>,
  { url, token }: Target,
): Promise<Delivery | { retryAfterMs: number | null; reason: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body,
      // a redirect would carry the token elsewhere
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const text = await response.text()
    const reason = `HTTP ${response.status}`
    if (response.ok) return delivered(text)
    if (retryable.has(response.status)) {
      return { reason, retryAfterMs: retryAfter(response.headers.get('retry-after')) }
    }
    const said = messageIn(text)
    const full = said === '' ? reason : `${reason}: ${said}`
    const denied = response.status === 401 || response.status === 403
    return { outcome: denied ? 'denied' : 'bad', reason: full }
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } }
    return {
      retryAfterMs: null,
      reason: cause?.code ?? (name === 'TimeoutError' ? 'no answer' : 'no connection'),
    }
  }
}

function delivered(text: string): Delivery {
  const partial = (parsed(text) as { partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown } })
    .partialSuccess
  const refused = Number(partial?.rejectedSpans ?? 0)
  return {
    outcome: 'delivered',
    refused: Number.isSafeInteger(refused) ? refused : 0,
    reason: printable(partial?.errorMessage),
  }
}

const messageIn = (text: string) => printable((parsed(text) as { message?: unknown }).message)

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** What a server said, without what would move a terminal's cursor. */
const printable = (text: unknown) =>
  typeof text === 'string' ? text.replace(/\p{Cc}/gu, ' ').slice(0, 300) : ''

/** `Retry-After` in milliseconds: seconds, or a date. null = not said. */
export function retryAfter(value: string | null, now = Date.now()): number | null {
  if (value === null) return null
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
