import { base64Fragments } from './encoded.ts'
import { nameEnds } from './name-ends.ts'
import { buildPrefilter, type Prefilter } from './prefilter.ts'
import { type CompiledRule, compileRule, type Rule } from './rule.ts'
import { keyTails, keyWords, plainKeyWords } from './rules/keys.ts'

/** What a keyword of the prefilter is for: a value rule by its index, or one of these. */
export const KEY_NAME = -1
export const PERCENT = -2
export const ESCAPE = -3
export const BASE64 = -4

/** Rules compiled for one scan. */
export interface RuleSet {
  rules: CompiledRule[]
  /** Place in the list by id: where two overlap, the first gives the name. */
  ranks: ReadonlyMap<string, number>
  prefilter: Prefilter
  /** By keyword index: a rule's index or one of the constants above. */
  owners: Int32Array
  keywords: readonly string[]
  /** Rules that find their own candidates. */
  locating: CompiledRule[]
  /** Sensitive names of the configuration: normalized name → rule id. */
  ownKeys: ReadonlyMap<string, string>
  /** Values that are left alone. */
  allowed: ReadonlySet<string>
}

export interface RuleSetOptions {
  rules: readonly Rule[]
  /** Read assignments to telling names, and look into encoded forms: for secrets. */
  deep: boolean
  ownKeys?: ReadonlyMap<string, string>
  allowed?: ReadonlySet<string>
}

/** Compiles rules into one search. Milliseconds of work: done once, not for each span. */
export function buildRuleSet(options: RuleSetOptions): RuleSet {
  const rules = options.rules.map(compileRule)
  const names = [...(options.ownKeys?.keys() ?? [])]
  const keywords: string[] = []
  const owners: number[] = []
  const add = (keyword: string, owner: number): void => {
    keywords.push(keyword.toLowerCase())
    owners.push(owner)
  }
  rules.forEach((rule, index) => {
    for (const keyword of rule.keywords) add(keyword, index)
  })
  if (options.deep) {
    // A base64 run is lower-cased by the prefilter only: its keywords are encoded as rules and names write them.
    const seen = new Set<string>()
    const spelled = names.flatMap((name) => [name, name.replaceAll('_', '-'), name.replaceAll('_', '')])
    for (const keyword of new Set([...keyWords, ...plainKeyWords, ...spelled])) add(keyword, KEY_NAME)
    for (const digit of '234567') add(`%${digit}`, PERCENT)
    for (const mark of ['\\u00', ':\\/']) add(mark, ESCAPE)
    const inPatterns = rules.flatMap((rule) =>
      rule.keywords.map((keyword) => asWritten(keyword, rule.pattern)),
    )
    for (const keyword of [...inPatterns, ...keyWords]) {
      for (const spelling of spellings(keyword)) for (const form of base64Fragments(spelling)) seen.add(form)
    }
    for (const form of seen) add(form, BASE64)
  }
  return {
    rules,
    ranks: new Map(rules.map(({ id }, index) => [id, index])),
    prefilter: buildPrefilter(
      keywords,
      owners.map((owner) => rules[owner]?.anywhere === true),
      nameEnds([...keyTails, ...names]),
    ),
    owners: Int32Array.from(owners),
    keywords,
    locating: rules.filter((rule) => rule.locate !== undefined),
    ownKeys: options.ownKeys ?? new Map(),
    allowed: options.allowed ?? new Set(),
  }
}

/** A keyword in the case that its pattern has it in, where the pattern spells it out. */
function asWritten(keyword: string, pattern: string): string {
  const plain = pattern.replaceAll('\\', '')
  const at = plain.toLowerCase().indexOf(keyword)
  return at === -1 ? keyword : plain.slice(at, at + keyword.length)
}

/** Base64 depends on case: lower, upper, and as names are written in code. */
function spellings(keyword: string): string[] {
  const camel = keyword.replace(/[_ -]([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const title = keyword.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
  return [...new Set([keyword, keyword.toUpperCase(), camel, title])]
}
