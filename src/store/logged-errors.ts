import { hash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { loggedException } from '../normalize/logs.ts'
import type { SlimSpan } from '../tree/slim-span.ts'
import { loadSpanLogs } from './span-logs.ts'

/**
 * What went wrong, for failed spans that do not say it themselves: senders move exceptions from span events to log
 * records. The fingerprint changes with it, so that nobody remembers the span without. One query, and only when
 * there is such a span.
 */
export async function addLoggedErrors(
  db: Pool | PoolClient,
  realm: number,
  spans: readonly SlimSpan[],
): Promise<void> {
  const silent = spans.filter(
    (span) => span.status === 'error' && (span.errorMessage === null || span.errorType === null),
  )
  if (silent.length === 0) return
  const ids = (of: (span: SlimSpan) => string) =>
    [...new Set(silent.map(of))].map((id) => Buffer.from(id, 'hex'))
  const logs = await loadSpanLogs(
    db,
    realm,
    ids((span) => span.traceId),
    ids((span) => span.spanId),
    true,
  )
  for (const span of silent) {
    const exception = loggedException(logs.get(span.traceId + span.spanId) ?? [])
    if (exception === null) continue
    span.errorType ??= exception.type
    span.errorMessage ??= exception.message
    span.fingerprint ^= hash('sha256', JSON.stringify(exception), 'buffer').readBigInt64BE()
  }
}
