import { RE2JS } from 're2js'
import type { Resource, Scope } from '../model/otlp.ts'
import { normalizeKey } from './key-words.ts'
import {
  type ContentPolicy,
  type PersonalPolicy,
  type Policy,
  policyFor,
  type WorkflowPolicy,
} from './policy.ts'
import type { Rule } from './rule.ts'
import { buildRuleSet, type RuleSet } from './rule-set.ts'
import { formatRules } from './rules/formats.ts'
import type { JudgedKey } from './rules/keys.ts'
import { personalRules } from './rules/personal.ts'
import { secretRules } from './rules/secrets.ts'

/** Version of the built-in rules, stored with every row: raise it when a rule changes. */
export const REDACTION_VERSION = 8

/** A rule of the operator's: what it finds is removed before storing, always. */
export interface CustomRule {
  /** Lower-case letters, digits, `-` and `_`; shown in `[redacted:id]`. */
  id: string
  /** RE2 syntax (no look-around, no back-references). Group 1 is removed, or the whole match. */
  pattern: string
  /** ASCII words, one of which is in every match. Without them the pattern runs over every string. */
  keywords?: readonly string[]
}

export interface RedactorOptions {
  /** Key of the replacements of ids: at least 16 bytes, one for each workspace, the same in every process. */
  idKey: Uint8Array
  /** Default `read`. */
  personal?: PersonalPolicy
  /** Default `full`. */
  content?: ContentPolicy
  workflows?: readonly WorkflowPolicy[]
  /** Values that no rule touches, exactly as written. */
  allow?: readonly string[]
  /** Names of attributes whose values always go. */
  keys?: readonly string[]
  /** Names of attributes that no name rule and no personal-data rule applies to (value rules for secrets do). */
  allowKeys?: readonly string[]
  custom?: readonly CustomRule[]
  /** Milliseconds from any start; without it there is no time budget. */
  now?: () => number
  /** Milliseconds for one span; default 100. What is not read by then is replaced whole. */
  budgetMs?: number
  /**
   * Milliseconds of the processor from any start. With it, a span whose budget is over by the clock has the same again of the
   * processor: the clock ran on while others had it, and what is removed before it is stored never comes back.
   */
  spentMs?: () => number
}

/** Rules and policy compiled once; reads and redacts any number of spans. */
export interface Redactor {
  idKey: Uint8Array
  /** Secrets alone: what holds at ingest always, and for ids. */
  secrets: RuleSet
  /** Secrets and personal data in one pass: for what is stored without personal data. */
  everything: RuleSet
  /** Personal data alone: what is masked in answers. */
  personal: RuleSet
  allowKeys: ReadonlySet<string>
  policy: (workflow: string | null) => Policy
  now: (() => number) | null
  budgetMs: number
  spentMs: (() => number) | null
  /** Names that were judged before; bounded. */
  judged: Map<string, JudgedKey>
  /** Resource and scope are shared by the spans of a request: each is read once for each rule set. */
  shared: WeakMap<Resource | Scope, SharedResult>
}

/** What became of a resource or scope, and under which rules. */
export interface SharedResult {
  set: RuleSet
  value: Resource | Scope
  counts: Map<string, number>
}

/** A rule of the configuration that cannot be used; the message names it and says why. */
export class BadRule extends Error {
  override name = 'BadRule'
}

/**
 * Compiles the rules. Throws `BadRule` for a custom rule with a wrong id, keyword or pattern, and RangeError for
 * a key that is too short.
 */
export function createRedactor(options: RedactorOptions): Redactor {
  if (options.idKey.length < 16) throw new RangeError('idKey is at least 16 bytes')
  const custom = (options.custom ?? []).map(readCustomRule)
  const rules = [...custom, ...secretRules, ...formatRules]
  const own = new Map((options.keys ?? []).map((key) => [normalizeKey(key), 'key']))
  own.delete('')
  const allowed = new Set(options.allow ?? [])
  const base: Policy = { personal: options.personal ?? 'read', content: options.content ?? 'full' }
  const workflows = options.workflows ?? []
  const secrets = buildRuleSet({ rules, deep: true, ownKeys: own, allowed })
  return {
    idKey: options.idKey,
    secrets,
    everything: buildRuleSet({ rules: [...rules, ...personalRules], deep: true, ownKeys: own, allowed }),
    personal: buildRuleSet({ rules: personalRules, deep: false, allowed }),
    allowKeys: new Set((options.allowKeys ?? []).map(normalizeKey)),
    policy: (workflow) => policyFor(base, workflows, workflow),
    now: options.now ?? null,
    budgetMs: options.budgetMs ?? 100,
    spentMs: options.spentMs ?? null,
    judged: new Map(),
    shared: new WeakMap(),
  }
}

/** The same rules with another workspace's key for ids: costs nothing. */
export function withIdKey(redactor: Redactor, idKey: Uint8Array): Redactor {
  if (idKey.length < 16) throw new RangeError('idKey is at least 16 bytes')
  return { ...redactor, idKey, shared: new WeakMap() }
}

function readCustomRule(custom: CustomRule): Rule {
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(custom.id)) {
    throw new BadRule(`redaction rule "${custom.id}": an id is lower-case letters, digits, - and _`)
  }
  if (custom.pattern.length > 2000)
    throw new BadRule(`redaction rule "${custom.id}": the pattern is too long`)
  let regex: RE2JS
  try {
    regex = RE2JS.compile(custom.pattern)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new BadRule(
      `redaction rule "${custom.id}": the pattern is not a linear-time (RE2) expression: ${why}`,
    )
  }
  if (regex.test('')) throw new BadRule(`redaction rule "${custom.id}": the pattern matches the empty text`)
  const keywords = (custom.keywords ?? []).map((keyword) => keyword.toLowerCase())
  if (keywords.some((keyword) => !/^[\x20-\x7e]{2,64}$/.test(keyword))) {
    throw new BadRule(`redaction rule "${custom.id}": a keyword is 2 to 64 ASCII characters`)
  }
  const rule: Rule = {
    id: custom.id,
    keywords,
    pattern: custom.pattern,
    inner: true,
    anywhere: true,
    before: 256,
    after: 1024,
  }
  return keywords.length > 0 ? rule : { ...rule, locate: (text) => [0, text.length] }
}
