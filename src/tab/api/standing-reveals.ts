import type { Api } from './client.ts'

/**
 * Reasons that a reader gave for a whole execution. They live as long as the page and its reader: each span that is
 * opened meanwhile is asked for with that reason, and the service records every one.
 */
const reasons = new WeakMap<Api, Map<string, string>>()

export const standingReason = (api: Api, execution: string): string | null =>
  reasons.get(api)?.get(execution) ?? null

/** `reason` null = it no longer holds. */
export function setStanding(api: Api, execution: string, reason: string | null): void {
  const known = reasons.get(api) ?? new Map<string, string>()
  if (reason === null) known.delete(execution)
  else known.set(execution, reason)
  reasons.set(api, known)
}
