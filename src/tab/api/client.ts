import { readInit, takeEarly } from './early.ts'
import { type Failure, failureOf, RequestFailed } from './failure.ts'

export type GetToken = () => string | null | Promise<string | null>

/** One page of an answer: its body, and the cursor of the next page where a `Link` header names one. */
interface Answer<T> {
  body: T
  next: string | null
}

export interface Api {
  get<T>(path: string, signal: AbortSignal): Promise<Answer<T>>
  post<T>(path: string, body: unknown, signal: AbortSignal): Promise<T>
  /** A body that comes in pieces; `heard` is told of each. */
  stream(path: string, signal: AbortSignal, heard: () => void): Promise<ReadableStream<Uint8Array>>
  /** The address below which the service is. */
  base: string
  /** The bytes of an artifact, with the file name that the service gives it. */
  download(path: string, signal: AbortSignal): Promise<{ blob: Blob; name: string | null }>
}

/**
 * Reads the service's API below `base`. The token is asked for before every request, sent in a header and
 * never kept. After a 401 it is asked for once more and, if it changed or came anew, the request is sent once
 * more; nothing else is ever retried here. Rejects with `RequestFailed`, or with `AbortError`.
 */
export function createApi(base: string, getToken: GetToken): Api {
  const send = async (path: string, signal: AbortSignal, ask: Ask): Promise<Response> => {
    const first = await attempt(base + path, await getToken(), signal, ask)
    if (first.status !== 401) return first
    return attempt(base + path, await getToken(), signal, ask)
  }
  const checked = async (path: string, signal: AbortSignal, ask: Ask): Promise<Response> => {
    const response = await send(path, signal, ask)
    if (!response.ok) throw new RequestFailed(await failureOf(response))
    return response
  }
  return {
    async get<T>(path: string, signal: AbortSignal) {
      const response = await checked(path, signal, { accept: 'application/json' })
      try {
        return { body: (await response.json()) as T, next: nextCursor(response.headers.get('link')) }
      } catch (error) {
        if (signal.aborted) throw error
        throw new RequestFailed({ ...unreadable, requestId: response.headers.get('x-request-id') })
      }
    },
    base,
    async post<T>(path: string, body: unknown, signal: AbortSignal) {
      const ask = { accept: 'application/json', body: JSON.stringify(body) }
      return (await (await checked(path, signal, ask)).json()) as T
    },
    async stream(path, signal, heard) {
      const { body } = await checked(path, signal, { accept: 'text/event-stream' })
      if (!body) throw new RequestFailed(unreadable)
      const listen = new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, out) {
          heard()
          out.enqueue(piece)
        },
      })
      return body.pipeThrough(listen)
    },
    async download(path, signal) {
      const response = await checked(path, signal, { accept: '*/*' })
      return { blob: await response.blob(), name: fileName(response.headers.get('content-disposition')) }
    },
  }
}

/** What is asked for; with a body it is a POST. */
interface Ask {
  accept: string
  body?: string
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
  { accept, body }: Ask,
): Promise<Response> {
  try {
    const early = body === undefined ? takeEarly(url, token) : undefined
    if (early) return await early
    const init = readInit(token, accept)
    if (body === undefined) return await fetch(url, { ...init, signal })
    const headers = { ...init.headers, 'content-type': 'application/json' }
    return await fetch(url, { ...init, headers, signal, method: 'POST', body })
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
