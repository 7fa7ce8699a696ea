const NS_PER_SECOND = 1_000_000_000n

/** RFC 3339 in UTC with nanoseconds; fraction digits are always nine, so that times sort as text. */
export function rfc3339(ns: bigint): string {
  const seconds = ns / NS_PER_SECOND
  const fraction = (ns % NS_PER_SECOND).toString().padStart(9, '0')
  const date = new Date(Number(seconds) * 1000)
  // beyond the year 9999 RFC 3339 ends; the number of nanoseconds in an int64 ends in 2262
  return `${date.toISOString().slice(0, 19)}.${fraction}Z`
}

export const rfc3339OrNull = (ns: bigint | null) => (ns === null ? null : rfc3339(ns))

/** Milliseconds with their fraction; null when either end is not known. */
export function durationMs(startNs: bigint | null, endNs: bigint | null): number | null {
  if (startNs === null || endNs === null) return null
  const ns = endNs - startNs
  return ns < 0n ? 0 : Number(ns) / 1_000_000
}
