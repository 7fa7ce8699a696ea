import { startPass } from './pass.ts'
import type { Redactor } from './redactor.ts'

/** A text without what its workflow's policy does not let in, and how often each rule removed something. */
export interface RedactedText {
  /** The same string when nothing was found. */
  text: string
  counts: ReadonlyMap<string, number>
}

/**
 * Redacts a whole text before it is stored (an artifact, its name). No budget of time: a text costs what its
 * length costs, so the caller bounds it. Without a workflow the strictest policy counts. Never throws.
 */
export function redactText(text: string, redactor: Redactor, workflow: string | null = null): RedactedText {
  const pass = startPass({ ...redactor, now: null }, workflow)
  const { personal, content } = pass.policy
  const set = personal === 'ingest' || content === 'masked' ? redactor.everything : redactor.secrets
  return { text: pass.text(text, set), counts: pass.counts }
}
