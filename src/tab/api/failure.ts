import type { Problem } from '../../http/schemas/common.ts'

/** Why a request brought nothing, in the words of the states of the tab. */
export interface Failure {
  /**
   * `signed-out` the token is missing or no longer good (401); `denied` it lacks a scope (403); `missing` not
   * there or not for this token (404); `offline` no answer; `error` anything else.
   */
  kind: 'signed-out' | 'denied' | 'missing' | 'offline' | 'error'
  status: number
  code: string
  detail: string
  requestId: string | null
  retryAfterMs: number | null
}

export class RequestFailed extends Error {
  override name = 'RequestFailed'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.detail || failure.code)
    this.failure = failure
  }
}

/** What an answer that is not 2xx says; a body that is no problem document is left unread. */
export async function failureOf(response: Response): Promise<Failure> {
  const problem = await readProblem(response)
  return {
    kind: kindOf(response.status),
    status: response.status,
    code: problem?.code ?? `http-${response.status}`,
    detail: typeof problem?.detail === 'string' ? problem.detail : '',
    requestId: response.headers.get('x-request-id'),
    retryAfterMs: retryAfter(response.headers.get('retry-after')),
  }
}

/** A failure from whatever was thrown. */
export function asFailure(error: unknown): Failure {
  if (error instanceof RequestFailed) return error.failure
  const detail = error instanceof Error ? error.message : ''
  return { kind: 'error', status: 0, code: 'unexpected', detail, requestId: null, retryAfterMs: null }
}

function kindOf(status: number): Failure['kind'] {
  if (status === 401) return 'signed-out'
  if (status === 403) return 'denied'
  if (status === 404 || status === 410) return 'missing'
  return 'error'
}

async function readProblem(response: Response): Promise<Partial<Problem> | null> {
  if (!response.headers.get('content-type')?.includes('json')) return null
  try {
    return (await response.json()) as Partial<Problem>
  } catch {
    return null
  }
}

function retryAfter(header: string | null): number | null {
  const seconds = Number(header)
  return header !== null && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}
