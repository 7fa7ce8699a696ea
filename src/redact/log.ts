import type { SpanLog } from '../model/log.ts'
import { redactAttributes } from './attributes.ts'
import { startPass } from './pass.ts'
import type { Redactor } from './redactor.ts'

interface RedactedLog {
  /** The same object when nothing was found; null = the policy keeps content out, and it is nothing else. */
  log: SpanLog | null
  /** How often each rule removed something: for metrics. */
  counts: ReadonlyMap<string, number>
}

/**
 * A log record of a span without secrets: to be called before it is stored. It names no workflow, so the strictest
 * policy that might apply holds. Where content is not stored, only exceptions stay, without what else they carry.
 */
export function redactLog(log: SpanLog, redactor: Redactor): RedactedLog {
  const pass = startPass(redactor, null)
  const { personal, content } = pass.policy
  const set = personal === 'ingest' || content === 'masked' ? redactor.everything : redactor.secrets
  const from = content === 'none' ? onlyException(log) : log
  if (from === null) return { log: null, counts: pass.counts }
  const name = pass.text(from.name, set)
  const attributes = redactAttributes(from.attributes, set, pass)
  const body = redactAttributes(new Map([['body', from.body]]), set, pass).get('body') ?? null
  const same = name === from.name && attributes === from.attributes && body === from.body
  return { log: same ? from : { ...from, name, attributes, body }, counts: pass.counts }
}

function onlyException(log: SpanLog): SpanLog | null {
  const attributes = new Map([...log.attributes].filter(([key]) => key.startsWith('exception.')))
  return attributes.size === 0 ? null : { ...log, body: null, attributes }
}
