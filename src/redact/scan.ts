import { readAssignment } from './assignments.ts'
import { cutEnd } from './cut.ts'
import { base64Run, type Decoded, decodeBase64, decodeEscapes, decodePercent } from './encoded.ts'
import { type CompiledRule, type Gap, isReplacement, type Match, type Reading, replacement } from './rule.ts'
import { BASE64, ESCAPE, KEY_NAME, PERCENT, type RuleSet } from './rule-set.ts'

/** The most text that a pattern sees at once: UTF-16 units. */
const WINDOW = 64 * 1024
/** How much of a token beyond its window is taken with it: UTF-16 units. */
const LONGEST_REST = 8 * 1024
const inToken = /[\w+/=~.-]/

/** Called before every piece of expensive work; throws when the time is over. */
interface Clock {
  tick: () => void
}

/** Everything in a text that the rules say must go: sorted, not overlapping. Null = nothing. */
export function findMatches(text: string, set: RuleSet, clock: Clock): Match[] | null {
  const hits = set.prefilter.search(text)
  if (hits === null && set.locating.length === 0) return null
  const found: Match[] = []
  if (hits !== null) search(text, hits, set, clock, found, true)
  for (const rule of set.locating) {
    clock.tick()
    runRule(text, rule, rule.locate?.(text) ?? [], found, clock)
  }
  const kept =
    set.allowed.size === 0 ? found : found.filter((m) => !set.allowed.has(text.slice(m.from, m.to)))
  return kept.length === 0 ? null : merge(kept, set)
}

/** The text without its matches. `counter` is told each rule that removed something. */
export function replaceMatches(
  text: string,
  matches: readonly Match[],
  counter: { count: (rule: string) => void },
): string {
  let result = ''
  let at = 0
  for (const match of matches) {
    const wrap = match.wrap ?? ''
    result += text.slice(at, match.from) + wrap + replacement(match.rule) + wrap
    at = match.to
    counter.count(match.rule)
  }
  return result + text.slice(at)
}

function search(text: string, hits: number[], set: RuleSet, clock: Clock, out: Match[], deep: boolean): void {
  const spots = new Map<number, number[]>()
  let blank = -1
  for (let i = 0; i < hits.length; i += 3) {
    const keyword = hits[i] as number
    const owner = set.owners[keyword] as number
    if (owner < KEY_NAME && !deep) continue
    const from = hits[i + 1] as number
    const rule = set.rules[owner]
    if (rule?.min !== undefined) {
      if (blank < from) blank = nextBlank(text, from)
      if (blank - from < rule.min) continue
    }
    let list = spots.get(owner)
    if (list === undefined) {
      list = []
      spots.set(owner, list)
    }
    list.push(from, hits[i + 2] as number)
  }
  // Always in the same order, whichever of them stands first.
  for (const owner of spots.size < 2 ? spots.keys() : [...spots.keys()].sort((a, b) => b - a)) {
    const list = spots.get(owner) as number[]
    clock.tick()
    if (owner >= 0) runRule(text, set.rules[owner] as CompiledRule, list, out, clock)
    else if (owner === KEY_NAME) runAssignments(text, list, set, out)
    else if (owner === PERCENT) searchDecoded(decodePercent(text), set, clock, out)
    else if (owner === ESCAPE) searchDecoded(decodeEscapes(text), set, clock, out)
    else if (owner === BASE64) searchBase64(text, list, set, clock, out)
  }
  searchCut(text, hits, set, out)
}

/** Where the next blank or quote stands, or the end of the text. */
function nextBlank(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 34 || code === 39 || code === 60 || code === 62 || code === 96) return i
  }
  return text.length
}

/**
 * Reads behind each keyword for the token of a rule with a gap. What one keyword was looked behind, the next one
 * within does not look at again: one pass, whatever the text.
 */
function runGap(text: string, rule: CompiledRule, gap: Gap, spots: number[], out: Match[]): void {
  let looked = 0
  for (let i = 0; i < spots.length; i += 2) {
    if (!rule.inner && !startsWord(text, spots[i] as number)) continue
    const keywordEnd = spots[i + 1] as number
    const last = Math.min(text.length, keywordEnd + gap.most)
    let at = Math.max(looked, keywordEnd)
    while (at < last) {
      gap.token.lastIndex = at
      const found = gap.token.exec(text)?.[0]
      const end = at + (found?.length ?? 0)
      if (found !== undefined && isKept(text, rule, found, at, end)) {
        out.push({ from: at, to: end, rule: rule.id })
        at = end
        break
      }
      if (!gap.over.test(text[at] as string)) break
      at++
    }
    looked = Math.max(looked, at)
  }
}

/** Tries a sticky pattern at each keyword, or where its match would begin. */
function runAnchor(text: string, rule: CompiledRule, anchor: RegExp, spots: number[], out: Match[]): void {
  const { back = here } = rule
  let done = 0
  for (let i = 0; i < spots.length; i += 2) {
    const keyword = spots[i] as number
    if (keyword < done) continue
    for (const before of back) {
      const start = keyword - before
      if (start < 0 || (!rule.inner && !startsWord(text, start))) continue
      anchor.lastIndex = start
      const match = anchor.exec(text)
      if (match === null) continue
      const found = match[1] ?? match[2] ?? match[0]
      const to = anchor.lastIndex
      const from = to - found.length
      const kept = isKept(text, rule, found, from, to)
      if (kept) out.push({ from, to, rule: rule.id })
      // Candidates are short: where one is none, another may begin within it.
      if (kept || rule.locate === undefined) done = to
      break
    }
  }
}

const here: readonly number[] = [0]

function runReader(
  text: string,
  rule: CompiledRule,
  read: (keyword: number) => Reading,
  spots: number[],
  out: Match[],
): void {
  let done = 0
  for (let i = 0; i < spots.length; i += 2) {
    const keyword = spots[i] as number
    if (keyword < done) continue
    const { from, to, done: settled } = read(keyword)
    done = settled
    if (to === from || (!rule.inner && !startsWord(text, from))) continue
    if (isKept(text, rule, text.slice(from, to), from, to)) out.push({ from, to, rule: rule.id })
  }
}

/** The second look at what was found. */
function isKept(text: string, rule: CompiledRule, found: string, from: number, to: number): boolean {
  if (rule.exact && isAlphanumeric(text.charCodeAt(to))) return false
  return !isReplacement(found) && rule.check?.(found, text, from) !== false
}

/** Runs a rule at its candidates: pairs of from, to. */
function runRule(text: string, rule: CompiledRule, spots: number[], out: Match[], clock: Clock): void {
  if (rule.gap !== undefined) runGap(text, rule, rule.gap, spots, out)
  else if (rule.reader !== undefined) runReader(text, rule, rule.reader(text), spots, out)
  else if (rule.read !== undefined) {
    const { read } = rule
    runReader(text, rule, (keyword) => read(text, keyword), spots, out)
  } else if (rule.anchor !== null) runAnchor(text, rule, rule.anchor, spots, out)
  else runWindows(text, rule, spots, out, clock)
}

/** Runs a pattern over the windows around its candidates, merged where they touch. */
function runWindows(text: string, rule: CompiledRule, spots: number[], out: Match[], clock: Clock): void {
  const before = (rule.before ?? 0) + 1
  const after = rule.after ?? 256
  let done = 0
  for (let i = 0; i < spots.length; i += 2) {
    if ((spots[i + 1] as number) <= done) continue
    const from = Math.max(done, (spots[i] as number) - before)
    let to = (spots[i + 1] as number) + after
    while (i + 2 < spots.length && (spots[i + 2] as number) - before <= to && to - from < WINDOW) {
      i += 2
      to = Math.max(to, (spots[i + 1] as number) + after)
    }
    to = Math.min(to, text.length, from + WINDOW)
    const read = runWindow(text, rule, from, to, out)
    // A window that was cut at its limit goes on where a match could still begin.
    const whole = to >= text.length || to - from < WINDOW
    done = whole ? Math.max(to, read) : Math.max(read, to - after - before)
    if (!whole) {
      clock.tick()
      while (i >= 2 && (spots[i - 1] as number) > done) i -= 2
      i -= 2
    }
  }
}

/** One run of a pattern. Returns the offset up to which matches were taken. */
function runWindow(text: string, rule: CompiledRule, from: number, to: number, out: Match[]): number {
  let read = from
  for (const [whole, first, last] of foundIn(text.slice(from, to), rule)) {
    const start = from + first
    let end = from + last
    if (!rule.inner && !startsWord(text, from + whole)) continue
    // The window ended inside the secret: the rest of the token goes too.
    if (end === to) {
      const most = Math.min(text.length, end + LONGEST_REST)
      while (end < most && inToken.test(text[end] as string)) end++
    }
    if (end === start || !isKept(text, rule, text.slice(start, end), start, end)) continue
    out.push({ from: start, to: end, rule: rule.id })
    read = end
  }
  return read
}

/** Each place where the pattern is: the start of the whole, and from, to of what is replaced. */
function* foundIn(window: string, rule: CompiledRule): Generator<[number, number, number]> {
  if (rule.native !== null) {
    for (const match of window.matchAll(rule.native)) {
      yield [match.index, match.index, match.index + match[0].length]
    }
    return
  }
  const regex = rule.regex()
  if (!regex.test(window)) return
  const matcher = regex.matcher(window)
  const groups = matcher.groupCount()
  while (matcher.find()) {
    let group = 0
    for (let g = 1; g <= groups && group === 0; g++) if (matcher.start(g) >= 0) group = g
    yield [matcher.start(0), matcher.start(group), matcher.end(group)]
  }
}

const isAlphanumeric = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

/** The end of a terminal's colour: `ESC [ 1 ; 32 m`. */
const COLOUR = /\[[\d;]{0,12}m$/

/** True where a word begins; the `n` of an escaped line break is no part of a word, nor the `m` of a colour. */
function startsWord(text: string, at: number): boolean {
  if (at === 0 || !isAlphanumeric(text.charCodeAt(at - 1))) return true
  if (text[at - 1] === 'm' && COLOUR.test(text.slice(Math.max(0, at - 14), at))) return true
  return text[at - 2] === '\\' && 'nrtbf'.includes(text[at - 1] as string)
}

function runAssignments(text: string, spots: number[], set: RuleSet, out: Match[]): void {
  let done = 0
  for (let i = 0; i < spots.length; i += 2) {
    if ((spots[i] as number) < done) continue
    done = readAssignment(text, spots[i] as number, spots[i + 1] as number, out, set.ownKeys)
  }
}

function searchDecoded(decoded: Decoded, set: RuleSet, clock: Clock, out: Match[]): void {
  const hits = set.prefilter.search(decoded.text)
  if (hits === null) return
  const inside: Match[] = []
  search(decoded.text, hits, set, clock, inside, false)
  for (const match of inside) {
    const from = decoded.offsets[match.from] as number
    const to = decoded.offsets[match.to] as number
    out.push({ from, to, rule: match.rule })
  }
}

function searchBase64(text: string, spots: number[], set: RuleSet, clock: Clock, out: Match[]): void {
  let done = 0
  for (let i = 0; i < spots.length; i += 2) {
    const at = spots[i] as number
    if (at < done) continue
    const [from, to] = base64Run(text, at, done)
    done = to
    if (to - from < 16) continue
    clock.tick()
    const decoded = decodeBase64(text.slice(from, to))
    const hits = set.prefilter.search(decoded)
    if (hits === null) continue
    const inside: Match[] = []
    search(decoded, hits, set, clock, inside, false)
    const first = merge(inside, set)[0]
    if (first !== undefined) out.push({ from, to, rule: first.rule })
  }
}

/** A token cut in half no longer matches its rule: where a cut value ends in the start of one, that goes. */
function searchCut(text: string, hits: number[], set: RuleSet, out: Match[]): void {
  const end = cutEnd(text)
  if (end === -1) return
  for (let i = 0; i < hits.length; i += 3) {
    const keyword = set.keywords[hits[i] as number] as string
    const rule = set.rules[set.owners[hits[i] as number] as number]
    const from = hits[i + 1] as number
    if (rule?.min === undefined || keyword.length < 4 || end - from < keyword.length + 4) continue
    if (end - from >= 512 || !startsWord(text, from)) continue
    const rest = text.slice(from, end)
    if (/^[\w+/=.-]+$/.test(rest) && /\d|[a-z][A-Z]/.test(rest.slice(keyword.length))) {
      out.push({ from, to: end, rule: rule.id })
    }
  }
}

/** Sorted and united; where two overlap, the rule that stands first in the list gives the name. */
function merge(found: Match[], set: RuleSet): Match[] {
  if (found.length === 1) return found
  const rank = (match: Match): number => set.ranks.get(match.rule) ?? set.rules.length
  found.sort((a, b) => a.from - b.from || rank(a) - rank(b))
  const merged: Match[] = []
  for (const match of found) {
    const last = merged.at(-1)
    if (last === undefined || match.from >= last.to) {
      merged.push({ ...match })
      continue
    }
    if (rank(match) < rank(last)) last.rule = match.rule
    last.to = Math.max(last.to, match.to)
  }
  return merged
}
