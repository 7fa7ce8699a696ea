/** Answers that were asked for before the tab was there, by address. */
const early = new Map<string, { token: string | null; answer: Promise<Response> }>()

/** Milliseconds after which an early answer is no longer news. */
const FRESH = 5_000

/** What every read of the API sends. */
export function readInit(token: string | null, accept: string): RequestInit {
  return {
    headers: { accept, ...(token ? { authorization: `Bearer ${token}` } : {}) },
    credentials: 'same-origin',
    referrerPolicy: 'no-referrer',
  }
}

/** Asks for an answer that the tab is going to want, while the tab itself is still being made. */
export function askEarly(url: string, token: string | null): void {
  const answer = fetch(url, readInit(token, 'application/json'))
  // Whoever takes it hears of the failure.
  answer.catch(() => undefined)
  early.set(url, { token, answer })
  setTimeout(() => early.delete(url), FRESH)
}

/** The answer that was asked for early with the same token; each is given out once. */
export function takeEarly(url: string, token: string | null): Promise<Response> | undefined {
  const found = early.get(url)
  early.delete(url)
  return found && found.token === token ? found.answer : undefined
}
