import { limits } from '../limits.ts'

/**
 * How much one request may make us build. A span, event or link of no fields is two bytes on the wire and hundreds
 * in memory, so bytes alone do not bound memory. What exceeds the budget is counted, not built.
 */
export interface Budget {
  /** Spans (or log records) that may still be built. */
  spans: number
  /** Events and links, of all spans together, that may still be built. */
  events: number
  /** Spans (or log records) that were not built. */
  surplus: number
  /** Events, and links, of the span that is being read that were not built. */
  lostEvents: number
  lostLinks: number
}

/** Events and links of one request: 26 for each of the most spans it may hold. */
const MAX_EVENTS_PER_REQUEST = 262_144

export function newBudget(): Budget {
  return {
    spans: limits.maxSpansPerRequest,
    events: MAX_EVENTS_PER_REQUEST,
    surplus: 0,
    lostEvents: 0,
    lostLinks: 0,
  }
}

/** Takes one event or link out of the budget. @returns false when it must not be built */
export function takeEvent(budget: Budget): boolean {
  if (budget.events === 0) return false
  budget.events--
  return true
}

/** Takes one span (or log record) out of the budget. @returns false when it must not be built; it is then counted */
export function takeSpan(budget: Budget): boolean {
  if (budget.spans === 0) {
    budget.surplus++
    return false
  }
  budget.spans--
  return true
}
