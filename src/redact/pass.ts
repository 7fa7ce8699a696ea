import { createHmac } from 'node:crypto'
import type { Policy } from './policy.ts'
import type { Redactor } from './redactor.ts'
import { replacement } from './rule.ts'
import type { RuleSet } from './rule-set.ts'
import { findMatches, replaceMatches } from './scan.ts'

/** Stands where a value could not be read in time or a rule failed: nothing of it is known, so all of it goes. */
const FAILED = 'failed'
/** Nothing that a rule finds is shorter (a name's value: see walk.ts). */
const SHORTEST = 4

/** Thrown inside a pass when its time is over; never leaves it. */
class OutOfTime extends Error {}

/** One span's way through the rules: what it has counted, and whether it must give up. */
export class Pass {
  readonly redactor: Redactor
  readonly policy: Policy
  #counts: Map<string, number> | null = null
  #started = 0
  /** The processor's milliseconds when the clock said that the time was over. */
  #spent: number | null = null
  #over = false

  constructor(redactor: Redactor, workflow: string | null) {
    this.redactor = redactor
    this.policy = redactor.policy(workflow)
    if (redactor.now !== null) this.#started = redactor.now()
  }

  /** How often each rule removed something. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts ?? none
  }

  /** The text without what the rules remove; the same string when there is nothing. Never throws. */
  text(value: string, set: RuleSet): string {
    if (value.length < SHORTEST) return value
    try {
      const matches = findMatches(value, set, this)
      return matches === null ? value : replaceMatches(value, matches, this)
    } catch {
      this.count(FAILED)
      return replacement(FAILED)
    }
  }

  count(rule: string, times = 1): void {
    this.#counts ??= new Map()
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + times)
  }

  /** Called before every piece of expensive work; throws when the time is over. */
  tick(): void {
    const { now, budgetMs } = this.redactor
    if (now === null) return
    this.#over ||= now() - this.#started > budgetMs && this.#hasSpent(budgetMs)
    if (this.#over) throw new OutOfTime()
  }

  #hasSpent(most: number): boolean {
    const { spentMs } = this.redactor
    if (spentMs === null) return true
    this.#spent ??= spentMs()
    return spentMs() - this.#spent > most
  }
}

const none: ReadonlyMap<string, number> = new Map()

export function startPass(redactor: Redactor, workflow: string | null): Pass {
  return new Pass(redactor, workflow)
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
  return hidden === id ? id : aliasOf(id, pass.redactor)
}

/** What stands for an id that must not be told: the same for the same id and workspace key. */
export const aliasOf = (id: string, { idKey }: Pick<Redactor, 'idKey'>): string =>
  `redacted-${createHmac('sha256', idKey).update(id, 'utf8').digest('hex').slice(0, 16)}`
