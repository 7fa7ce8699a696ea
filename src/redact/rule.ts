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
 * A value rule. Its pattern runs only in windows around the hits of its keywords (or of `locate`), and always on
 * a linear-time engine, so that no input can make it slow.
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
  /** A character that every match contains: without it in the window the pattern does not run. */
  needs?: string
  /** Characters of the window before and after a keyword. */
  before?: number
  after?: number
  /** True when the match may begin in the middle of a word. */
  inner?: boolean
  /** True when the match may not be followed by a letter or digit. */
  exact?: boolean
  /** Second look at what is replaced (checksum, entropy), with the text and the offset where it was found. */
  check?: (found: string, text: string, at: number) => boolean
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

/** A rule with its pattern compiled at its first use: most rules never run in a process. */
export interface CompiledRule extends Rule {
  regex: () => RE2JS
  /** The same for the host's engine where that is safe; null elsewhere. */
  native: RegExp | null
}

export function compileRule(rule: Rule): CompiledRule {
  let regex: RE2JS | null = null
  return {
    ...rule,
    native: rule.gap === undefined ? nativeForm(rule.pattern) : null,
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
