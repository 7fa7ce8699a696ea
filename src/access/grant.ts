import type { Principal } from '../model/principal.ts'
import type { Span } from '../model/span.ts'
import { allowsWorkflow, onlyLiteral } from './policy.ts'

/** What of some spans a grant lets in. */
export interface Held {
  spans: Span[]
  denied: number
  /** A workflow outside of the grant, as it was sent; null = none was named. */
  named: string | null
}

/**
 * Holds spans to the grant of the token that sent them. In: spans as normalized, the token's workflow patterns.
 * Out: the spans that may be stored, how many were refused because they name a workflow outside the grant, and the
 * first such name as it was sent.
 * A provisional name (what an engine calls its workflow) refuses nothing: outside the grant it becomes the
 * grant's only id, else it is forgotten.
 */
export function holdToGrant(spans: Span[], patterns: readonly string[]): Held {
  if (patterns.includes('*')) return { spans, denied: 0, named: null }
  const inside = spans.filter(({ workflowId }) => workflowId === null || allowsWorkflow(patterns, workflowId))
  const fallback = onlyLiteral(patterns)
  const held = inside.map((span) =>
    span.workflowName === null || allowsWorkflow(patterns, span.workflowName)
      ? span
      : { ...span, workflowName: fallback },
  )
  const outside = spans.find(({ workflowId }) => workflowId !== null && !allowsWorkflow(patterns, workflowId))
  return { spans: held, denied: spans.length - inside.length, named: outside?.workflowId ?? null }
}

/** The grant as it is stored, and as stored workflow ids are compared with. */
export const storedPatterns = ({ workflows, storedWorkflows }: Principal) => storedWorkflows ?? workflows
