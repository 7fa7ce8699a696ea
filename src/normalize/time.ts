import type { OtlpSpan } from '../model/otlp.ts'
import type { Notices } from './notices.ts'
import type { Reading } from './reading.ts'

/** The largest integer that `bigint` columns of Postgres hold: 2^63 − 1. */
const MAX_INTEGER = 2n ** 63n - 1n

/** Clamps an unsigned 64-bit time to what can be stored. */
export function storableTime(ns: bigint, notices: Notices): bigint {
  if (ns <= MAX_INTEGER && ns >= 0n) return ns
  notices.add('time_clamped')
  return ns > MAX_INTEGER ? MAX_INTEGER : 0n
}

/** Start and end as sent, as far as they can be stored. No end = running; display corrects the rest (tree/). */
export function timesOf(span: OtlpSpan, notices: Notices): { startNs: bigint; endNs: bigint | null } {
  const startNs = storableTime(span.startNs, notices)
  const endNs = span.endNs === 0n ? null : storableTime(span.endNs, notices)
  if (startNs === 0n) notices.add('no_start')
  if (endNs !== null && endNs < startNs) notices.add('end_before_start')
  return { startNs, endNs }
}

/** The engine's own measurement in nanoseconds, where it records spans after the fact. */
export function reportedDurationOf(reading: Reading): bigint | null {
  const milliseconds = reading.count('durationMs')
  return milliseconds === null ? null : BigInt(milliseconds) * 1_000_000n
}
