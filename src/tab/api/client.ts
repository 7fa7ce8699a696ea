import { type Failure, failureOf, RequestFailed } from './failure.ts'

export type GetToken = () => string | null | Promise<string | null>

/** One page of an answer: its body, and the cursor of the next page where a `Link` header names one. */
interface Answer<T> {
  body: T
  next: string | null
}

export interface Api {
  get<T>(path: string, signal: AbortSignal): Promise<Answer<T>>
  /** The bytes of an artifact, with the file name that the service gives it. */
  download(path: string, signal: AbortSignal): Promise<{ blob: Blob; name: string | null }>
}

/**
 * Reads the service's API below `base`. The token is asked for before every request, sent in a header and
 * never kept. After a 401 it is asked for once more and, if it changed or came anew, the request is sent once
 * more; nothing else is ever retried here. Rejects with `RequestFailed`, or with `AbortError`.
 */
export function createApi(base: string, getToken: GetToken): Api {
  const send = async (path: string, signal: AbortSignal, accept: string): Promise<Response> => {
    const first = await attempt(base + path, await getToken(), signal, accept)
    if (first.status !== 401) return first
    return attempt(base + path, await getToken(), signal, accept)
  }
  const checked = async (path: string, signal: AbortSignal, accept: string): Promise<Response> => {
    const response = await send(path, signal, accept)
    if (!response.ok) throw new RequestFailed(await failureOf(response))
    return response
  }
  return {
    async get<T>(path: string, signal: AbortSignal) {
      const response = await checked(path, signal, 'application/json')
      try {
        return { body: (await response.json()) as T, next: nextCursor(response.headers.get('link')) }
      } catch (error) {
        if (signal.aborted) throw error
        throw new RequestFailed({ ...unreadable, requestId: response.headers.get('x-request-id') })
      }
    },
    async download(path, signal) {
      const response = await checked(path, signal, '*/*')
      return { blob: await response.blob(), name: fileName(response.headers.get('content-disposition')) }
    },
  }
}

const unreadable: Failure = {
  kind: 'error',
  status: 200,
  code: 'unreadable',
  detail: 'The answer was not readable',
  requestId: null,
  retryAfterMs: null,
}

async function attempt(
  url: string,
  token: string | null,
  signal: AbortSignal,
  accept: string,
): Promise<Response> {
  try {
    return await fetch(url, {
      signal,
      headers: { accept, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      credentials: 'same-origin',
      referrerPolicy: 'no-referrer',
    })
  } catch (error) {
    if (signal.aborted) throw error
    throw new RequestFailed({
      kind: 'offline',
      status: 0,
      code: 'offline',
      detail: '',
      requestId: null,
      retryAfterMs: null,
    })
  }
}

/** The `cursor` of the relation `next` in a Link header. */
function nextCursor(link: string | null): string | null {
  const match = /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')
  if (!match?.[1]) return null
  return new URL(match[1], 'http://any.invalid').searchParams.get('cursor')
}

function fileName(disposition: string | null): string | null {
  if (disposition === null) return null
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  if (encoded) {
    try {
      return decodeURIComponent(encoded)
    } catch {
      return null
    }
  }
  return /filename="([^"]*)"/i.exec(disposition)?.[1] ?? null
}
