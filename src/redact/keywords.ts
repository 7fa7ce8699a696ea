import { bytesOf } from './bytes.ts'

/**
 * Finds every keyword of a list at once, in a whole text or in a part of it.
 *
 * Keywords are ASCII and compared without case. The pass looks at every three characters in a row, as one number
 * of 18 bits, in a set of those that begin a keyword: one look-up for each character that depends on nothing
 * before it but two shifts, in 32 KB that stay in the processor's first cache. Where the set says yes, the fourth
 * character is asked for too, and only then the keywords that begin so are compared. (An Aho–Corasick automaton
 * needs its last state before it can look for the next, in a table of a few hundred KB.)
 */
export interface Keywords {
  /** Triples (keyword index, from, to) of a whole text, in the order of `to`; null = no keyword. */
  search: (text: string) => number[] | null
  /** The same for keywords that begin in [from, to), added to `hits`; `bytes` as `bytesOf` gives them. */
  within: (text: string, bytes: Uint8Array, from: number, to: number, hits: number[]) => void
}

/** Bits of one character's class, and of three. */
const BITS = 6
const MASK = (1 << (3 * BITS)) - 1

/** Classes of bytes; 0 = in no keyword. */
function classesOf(keywords: readonly string[]): Uint8Array {
  const classes = new Uint8Array(256)
  let used = 0
  for (const keyword of keywords) {
    for (let i = 0; i < keyword.length; i++) {
      const code = keyword.charCodeAt(i)
      if (code > 127) throw new RangeError('keywords are ASCII')
      if (classes[code] !== 0) continue
      used++
      if (used >= 1 << BITS) throw new RangeError('too many different characters in keywords')
      classes[code] = used
      if (code >= 97 && code <= 122) classes[code - 32] = used
    }
  }
  return classes
}

/** The numbers of three characters that a keyword may begin with: several when it is shorter. */
function startsOf(keyword: string, classes: Uint8Array): number[] {
  let starts = [0]
  for (let i = 0; i < 3; i++) {
    const any = i >= keyword.length
    const next = any
      ? Array.from({ length: 1 << BITS }, (_, cls) => cls)
      : [classes[keyword.charCodeAt(i)] ?? 0]
    starts = starts.flatMap((start) => next.map((cls) => (start << BITS) | cls))
  }
  return starts
}

function add(set: Int32Array, bit: number): void {
  set[bit >> 5] = (set[bit >> 5] as number) | (1 << (bit & 31))
}

/** Four characters as one number of 18 bits: three and the class of the next, spread by the golden ratio. */
function hashOf(three: number, next: number): number {
  return Math.imul((three << BITS) | next, 0x9e3779b1) >>> (32 - 3 * BITS)
}

/**
 * Builds the sets. Keywords are lower case; empty ones are not allowed. Those that `without` says are left out, and
 * keep their numbers.
 */
export function findKeywords(keywords: readonly string[], without: readonly boolean[] = []): Keywords {
  if (keywords.some((keyword) => keyword === '' || keyword !== keyword.toLowerCase())) {
    throw new RangeError('keywords are lower case and not empty')
  }
  const classes = classesOf(keywords)
  const set = new Int32Array((MASK + 1) >> 5)
  /** Of what `set` has: how keywords of more than three characters begin with four, and where that says nothing. */
  const fours = new Int32Array((MASK + 1) >> 5)
  const short = new Int32Array((MASK + 1) >> 5)
  /** Keywords by how they begin; the longest first, so that hits with one end come in a fixed order. */
  const byStart = new Map<number, number[]>()
  const order = keywords.map((_, index) => index).filter((index) => without[index] !== true)
  order.sort((a, b) => (keywords[b] as string).length - (keywords[a] as string).length || a - b)
  for (const index of order) {
    const keyword = keywords[index] as string
    for (const start of startsOf(keyword, classes)) {
      add(set, start)
      if (keyword.length < 4) add(short, start)
      else add(fours, hashOf(start, classes[keyword.charCodeAt(3)] as number))
      const list = byStart.get(start)
      if (list === undefined) byStart.set(start, [index])
      else list.push(index)
    }
  }

  /** Adds the keywords that stand at an offset where the set said yes. */
  const compare = (text: string, at: number, start: number, hits: number[]): void => {
    for (const index of byStart.get(start) as number[]) {
      const keyword = keywords[index] as string
      const { length } = keyword
      if (at + length > text.length) continue
      let i = 0
      while (i < length) {
        const code = text.charCodeAt(at + i)
        const wanted = keyword.charCodeAt(i)
        if (code !== wanted && !(code >= 65 && code <= 90 && code + 32 === wanted)) break
        i++
      }
      if (i === length) hits.push(index, at, at + length)
    }
  }

  const within = (text: string, bytes: Uint8Array, from: number, to: number, hits: number[]): void => {
    const { length } = text
    const last = Math.min(to + 2, length)
    let three = 0
    for (let i = from; i < last; i++) {
      three = ((three << BITS) | (classes[bytes[i] as number] as number)) & MASK
      if ((((set[three >> 5] as number) >>> (three & 31)) & 1) === 0) continue
      if (i + 1 < length && (((short[three >> 5] as number) >>> (three & 31)) & 1) === 0) {
        const four = hashOf(three, classes[bytes[i + 1] as number] as number)
        if ((((fours[four >> 5] as number) >>> (four & 31)) & 1) === 0) continue
      }
      if (i >= from + 2) compare(text, i - 2, three, hits)
    }
    // Keywords of one or two characters may stand at the end, where three do not fit any more.
    for (let i = length; i < to + 2; i++) {
      three = (three << BITS) & MASK
      if (i >= from + 2 && byStart.has(three)) compare(text, i - 2, three, hits)
    }
  }

  return {
    within,
    search(text) {
      const hits: number[] = []
      within(text, bytesOf(text).bytes, 0, text.length, hits)
      return hits.length === 0 ? null : byEnd(hits)
    },
  }
}

/** Triples of hits in the order of their end. They come in the order of their start, so that most are in place. */
export function byEnd(hits: number[]): number[] {
  let moves = 4 * hits.length
  for (let i = 3; i < hits.length; i += 3) {
    const keyword = hits[i] as number
    const from = hits[i + 1] as number
    const to = hits[i + 2] as number
    let at = i
    for (; at > 0 && (hits[at - 1] as number) > to; at -= 3) {
      for (let k = 0; k < 3; k++) hits[at + k] = hits[at + k - 3] as number
      moves--
    }
    hits[at] = keyword
    hits[at + 1] = from
    hits[at + 2] = to
    if (moves < 0) return sorted(hits)
  }
  return hits
}

function sorted(hits: number[]): number[] {
  const triples = Array.from({ length: hits.length / 3 }, (_, n) => hits.slice(n * 3, n * 3 + 3))
  triples.sort((a, b) => (a[2] as number) - (b[2] as number))
  return triples.flat()
}
