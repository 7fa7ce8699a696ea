import type { Span } from '../model/span.ts'
import { allowsWorkflow, onlyLiteral } from './policy.ts'

/**
 * Holds spans to the grant of the token that sent them. In: spans as normalized, the token's workflow patterns.
 * Out: the spans that may be stored, and how many were refused because they name a workflow outside the grant.
 * A provisional name (what an engine calls its workflow) refuses nothing: outside the grant it becomes the
 * grant's only id, else it is forgotten.
 */
export function holdToGrant(spans: Span[], patterns: readonly string[]): { spans: Span[]; denied: number } {
  if (patterns.includes('*')) return { spans, denied: 0 }
  const inside = spans.filter(({ workflowId }) => workflowId === null || allowsWorkflow(patterns, workflowId))
  const fallback = onlyLiteral(patterns)
  const held = inside.map((span) =>
    span.workflowName === null || allowsWorkflow(patterns, span.workflowName)
      ? span
      : { ...span, workflowName: fallback },
  )
  return { spans: held, denied: spans.length - inside.length }
}
