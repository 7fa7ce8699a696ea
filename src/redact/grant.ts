import { redactId } from './pass.ts'
import type { Redactor } from './redactor.ts'

/**
 * Workflow patterns as they may be stored, and as stored workflow ids are compared with: an id that holds a secret
 * is replaced as ids of spans are. A `prefix*` that holds one covers nothing any more: what it covered is stored
 * under ids that begin otherwise. The same list comes back when nothing was found.
 */
export function redactPatterns(patterns: readonly string[], redactor: Redactor): readonly string[] {
  const kept = patterns.map((pattern) => (pattern === '*' ? pattern : redactId(pattern, redactor)))
  return kept.some((pattern, index) => pattern !== patterns[index]) ? [...new Set(kept)].sort() : patterns
}
