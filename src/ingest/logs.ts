import { storedPatterns } from '../access/grant.ts'
import type { Metrics } from '../metrics.ts'
import type { LogsRequest, SpanLog } from '../model/log.ts'
import type { Principal } from '../model/principal.ts'
import type { LogRefusalReason } from '../model/refusal.ts'
import { normalizeLogs } from '../normalize/logs.ts'
import type { PartialSuccess } from '../otlp/index.ts'
import { countRules, type Redactor, redactLog } from '../redact/index.ts'
import type { Store } from '../store/index.ts'

/** What an exporter is told of each reason. */
const sentences: Record<LogRefusalReason, string> = {
  no_span: 'they belong to no span',
  no_content: 'of log records only gen_ai content and exceptions of spans are kept',
  wrong_type: 'a field has a wrong type',
  erased: 'their execution was erased',
  too_many: 'too many records in one request',
}

interface LogParts {
  metrics: Metrics
  store: Pick<Store, 'writeLogs'>
  redactorOf: (workspace: string) => Promise<Redactor>
}

/**
 * Keeps the log records that say something of a span, redacted, and refuses the others by a partial success.
 * Resolves after COMMIT; sending the same again changes nothing.
 */
export async function takeLogs(
  { metrics, store, redactorOf }: LogParts,
  principal: Principal,
  request: LogsRequest,
): Promise<PartialSuccess> {
  const { logs, refused } = normalizeLogs(request)
  if (logs.length > 0) {
    const kept = redacted(logs, await redactorOf(principal.workspace), metrics)
    const writer = { workspace: principal.workspace, workflows: storedPatterns(principal) }
    const stored = await store.writeLogs(writer, kept)
    metrics.logsStored.inc(stored)
    if (stored < kept.length) refused.push({ reason: 'erased', count: kept.length - stored })
  }
  for (const { reason, count } of refused) metrics.logsRefused.inc({ reason }, count)
  return {
    rejected: refused.reduce((sum, { count }) => sum + count, 0),
    message: refused
      .map(({ reason, count }) => `${count} refused (${reason}): ${sentences[reason]}`)
      .join('; '),
  }
}

function redacted(logs: readonly SpanLog[], redactor: Redactor, metrics: Metrics): SpanLog[] {
  const results = logs.map((log) => redactLog(log, redactor))
  for (const [rule, times] of countRules(results.map(({ counts }) => counts))) {
    metrics.redactions.inc({ rule }, times)
  }
  return results.flatMap(({ log }) => (log === null ? [] : [log]))
}
