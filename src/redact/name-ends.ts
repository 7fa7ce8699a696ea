/** The last letters that a telling name can have: what is asked before a name is read. */
export interface NameEnds {
  /** Four letters as a number of 15 bits. */
  set: Int32Array
  /** True when some name is too short to say anything by its end. */
  any: boolean
}

const BITS = 15
/** Letters by their last five bits, so that case does not count; what is no letter looks like one. */
const LETTER = 31

function hashOf(four: number): number {
  return Math.imul(four, 0x9e3779b1) >>> (32 - BITS)
}

/** Builds the set from normalized names (`x_api_key`): only their last word counts. */
export function nameEnds(names: Iterable<string>): NameEnds {
  const set = new Int32Array(1 << (BITS - 5))
  let any = false
  for (const name of names) {
    const word = name.slice(name.lastIndexOf('_') + 1)
    if (word.length < 3) any = true
    let four = 0
    for (let i = Math.max(0, word.length - 4); i < word.length; i++) {
      four = (four << 5) | (word.charCodeAt(i) & LETTER)
    }
    // Before a word of three letters there may be anything.
    const befores = word.length === 3 ? Array.from({ length: 32 }, (_, before) => before << 15) : [0]
    for (const before of befores) {
      const bit = hashOf(before | four)
      set[bit >> 5] = (set[bit >> 5] as number) | (1 << (bit & 31))
    }
  }
  return { set, any }
}

/** True when a name that ends before `end` may be a telling one. Never false for one that is. */
export function mayTell(bytes: Uint8Array, end: number, { set, any }: NameEnds): boolean {
  if (any) return true
  const last = bytes[end - 1] as number
  // `card.cvv2`, `header.cookie.0`
  if (last < 58) return true
  let four = last & LETTER
  for (let i = 1; i < 4; i++) {
    const code = end - 1 - i >= 0 ? (bytes[end - 1 - i] as number) : 0
    four |= (code & LETTER) << (5 * i)
  }
  const bit = hashOf(four)
  return (((set[bit >> 5] as number) >>> (bit & 31)) & 1) !== 0
}
