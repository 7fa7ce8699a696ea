/**
 * True when the sender says in its tracestate that it keeps a share of its traces only: OpenTelemetry's `th` (the
 * threshold, 0 = everything) or the older `p` (a power of two, 0 = everything). The sampled flag says nothing here:
 * exporters leave the trace flags out.
 */
export function isSampled(traceState: string): boolean {
  if (traceState === '') return false
  const vendor = /(?:^|,)\s*ot=([^,]*)/.exec(traceState)?.[1]
  if (vendor === undefined) return false
  const threshold = /(?:^|;)th:([0-9a-f]{1,14})(?:;|$)/.exec(vendor)?.[1]
  if (threshold !== undefined) return /[^0]/.test(threshold)
  const power = /(?:^|;)p:(\d{1,2})(?:;|$)/.exec(vendor)?.[1]
  return power !== undefined && Number(power) > 0
}
