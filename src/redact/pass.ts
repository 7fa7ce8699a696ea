import { createHmac } from 'node:crypto'
import type { Policy } from './policy.ts'
import type { Redactor } from './redactor.ts'
import { replacement } from './rule.ts'
import type { RuleSet } from './rule-set.ts'
import { findMatches, replaceMatches } from './scan.ts'

/** Stands where a value could not be read in time or a rule failed: nothing of it is known, so all of it goes. */
const FAILED = 'failed'

/** Thrown inside a pass when its time is over; never leaves it. */
class OutOfTime extends Error {}

/** One span's way through the rules: what it has counted, and whether it must give up. */
export interface Pass {
  redactor: Redactor
  policy: Policy
  counts: Map<string, number>
  /** The text without what the rules remove; the same string when there is nothing. Never throws. */
  text: (text: string, set: RuleSet) => string
  count: (rule: string, times?: number) => void
}

export function startPass(redactor: Redactor, workflow: string | null): Pass {
  const counts = new Map<string, number>()
  const count = (rule: string, times = 1): void => {
    counts.set(rule, (counts.get(rule) ?? 0) + times)
  }
  const { now } = redactor
  const started = now?.() ?? 0
  let over = false
  const tick = (): void => {
    if (now === null) return
    over ||= now() - started > redactor.budgetMs
    if (over) throw new OutOfTime()
  }
  const text = (value: string, set: RuleSet): string => {
    // Nothing that a rule finds is shorter than four characters (a name's value: see walk.ts).
    if (value.length < 4) return value
    try {
      const matches = findMatches(value, set, tick)
      return matches === null ? value : replaceMatches(value, matches, count)
    } catch {
      count(FAILED)
      return replacement(FAILED)
    }
  }
  return { redactor, policy: redactor.policy(workflow), counts, text, count }
}

/**
 * An id without secrets: the id itself, or `redacted-` and 16 hex digits that are the same for the same id and
 * workspace key, so that executions still hold together and can be looked up. Ids are exempt from personal-data
 * rules.
 */
export function redactId(id: string, redactor: Redactor): string {
  return hideId(id, startPass(redactor, null))
}

/** `redactId` within a pass: what it removes is counted. */
export function hideId(id: string, pass: Pass): string {
  const hidden = pass.text(id, pass.redactor.secrets)
  if (hidden === id) return id
  return `redacted-${createHmac('sha256', pass.redactor.idKey).update(id, 'utf8').digest('hex').slice(0, 16)}`
}
