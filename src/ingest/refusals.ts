import type { Refusal, RefusalReason } from '../model/refusal.ts'

/** What an exporter is told of each reason, in words that help its operator. */
const sentences: Record<RefusalReason, string> = {
  bad_trace_id: 'a trace id must be 16 bytes, not all zero',
  bad_span_id: 'a span id must be 8 bytes, not all zero',
  wrong_type: 'a field has a wrong type',
  workflow_denied: 'the token may not write to the workflow they name',
  erased: 'their execution was erased',
  too_many: 'too many spans in one request',
  unstorable: 'they cannot be stored',
}

/** How many spans were refused. */
export function total(refused: readonly Refusal[]): number {
  return refused.reduce((sum, { count }) => sum + count, 0)
}

/** One sentence per reason, so at most a few hundred characters; '' when nothing was refused. */
export function messageOf(refused: readonly Refusal[]): string {
  const counts = new Map<RefusalReason, number>()
  for (const { reason, count } of refused) counts.set(reason, (counts.get(reason) ?? 0) + count)
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} refused (${reason}): ${sentences[reason]}`)
    .join('; ')
}
