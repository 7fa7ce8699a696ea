import type { RunnerOptions } from './options.ts'

/** Header fields by name. */
export type Headers = Record<string, string>

/** Where a runner sends to, derived once from its options. */
export interface Endpoint {
  tracesUrl: string
  headers: Headers
  /** URL that an artifact's bytes are put to. */
  artifactUrl(executionId: string, artifactId: string): string
}

/** A wrong URL does not throw here: its deliveries fail, are warned about and go to the fallback log. */
export function endpointOf(options: RunnerOptions): Endpoint {
  const base = String(options.endpoint)
    .replace(/\/+$/, '')
    .replace(/\/v1\/traces$/, '')
  return {
    tracesUrl: `${base}/v1/traces`,
    headers: {
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    artifactUrl: (executionId, artifactId) =>
      `${base}/api/executions/${encodeURIComponent(executionId)}/artifacts/${encodeURIComponent(artifactId)}`,
  }
}
