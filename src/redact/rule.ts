import { RE2JS } from 're2js'
import { nativeForm } from './native.ts'

/** Where a rule found something: UTF-16 offsets into the text, `to` exclusive. */
export interface Match {
  from: number
  to: number
  rule: string
  /** What to put around the replacement, where a number in JSON becomes a string. */
  wrap?: string
}

/**
 * A value rule. Its pattern runs only at the hits of its keywords (or of `locate`) or in windows around them: on the
 * host's engine where that is linear for it, else on RE2, so that no input can make it slow.
 */
export interface Rule {
  /** Shown to readers in `[redacted:id]`: kebab-case. */
  id: string
  /** ASCII words, one of which every match contains; compared without case. Empty only with `locate`. */
  keywords: readonly string[]
  /** RE2 syntax. Group 1 is what is replaced, if there is one; else the whole match. */
  pattern: string
  /** Least number of characters without space or quote from the keyword's start: a filter before the pattern. */
  min?: number
  /** True when keywords may stand where the first look (look.ts) sees nothing: all of the text is searched for them. */
  anywhere?: boolean
  /** Characters of the window before and after a keyword. */
  before?: number
  after?: number
  /** True when the match may begin in the middle of a word. */
  inner?: boolean
  /** True when the match may not be followed by a letter or digit. */
  exact?: boolean
  /** Second look at what is replaced (checksum, entropy), with the text and the offset where it was found. */
  check?: (found: string, text: string, at: number) => boolean
  /** The same as `pattern` for the host's engine, sticky and linear; what is replaced is its end. */
  sticky?: RegExp
  /** Characters of a match before its keyword, in the order in which they are tried; default 0. */
  back?: readonly number[]
  /** Reads by hand what no sticky pattern can read in linear time. */
  read?: (text: string, keyword: number) => Reading
  /** The same where it has to remember what it saw of a text: made for each text, asked from its beginning on. */
  reader?: (text: string) => (keyword: number) => Reading
  /** Finds candidates where keywords cannot: pairs of from, to. */
  locate?: (text: string) => number[]
  /** Reads what comes after a keyword by hand, in place of `pattern`, which then says the same in other words. */
  gap?: Gap
}

/** A token that comes some way behind a keyword. */
export interface Gap {
  /** One character that may stand between the two. */
  over: RegExp
  /** The token, sticky; repeated without bound only at its end. */
  token: RegExp
  /** Characters that may stand between the two. */
  most: number
}

/** What was read by hand around a keyword: what to replace, if anything, and the offset up to which that is settled. */
export interface Reading {
  from: number
  to: number
  done: number
}

/** A rule with its pattern compiled at its first use: most rules never run in a process. */
export interface CompiledRule extends Rule {
  regex: () => RE2JS
  /** The same for the host's engine where that is safe, all over a window; null elsewhere. */
  native: RegExp | null
  /** The same at one place; null = only in windows. */
  anchor: RegExp | null
}

export function compileRule(rule: Rule): CompiledRule {
  let regex: RE2JS | null = null
  const native =
    rule.gap === undefined && rule.read === undefined && rule.reader === undefined
      ? nativeForm(rule.pattern)
      : null
  // A match that begins with its keyword, or a known way before it, is looked for there alone.
  const known = rule.back !== undefined || (rule.before === undefined && rule.locate === undefined)
  return {
    ...rule,
    native,
    anchor: rule.sticky ?? (native !== null && known ? new RegExp(native.source, 'y') : null),
    regex: () => {
      regex ??= RE2JS.compile(rule.pattern)
      return regex
    },
  }
}

/** What stands where something was removed. It says which rule, never what. */
export function replacement(rule: string): string {
  return `[redacted:${rule}]`
}

/** True for a text that is nothing but a replacement: redacting twice changes nothing. */
export function isReplacement(text: string): boolean {
  return /^\[redacted:[a-z0-9_-]{1,64}\]$/.test(text)
}
