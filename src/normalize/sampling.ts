/**
 * True when the sender says in its tracestate that it keeps a share of its traces only: OpenTelemetry's `th` (the
 * threshold, 0 = everything) or the older `p` (a power of two, 0 = everything). The SDKs' composite samplers write
 * it, in Python on roots alone. Nothing else tells: their ratio samplers leave no trace in what they keep, and the
 * sampled flag is set on every span from JavaScript and on none from Python, whatever the sampler.
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
