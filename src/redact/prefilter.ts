/**
 * One pass over a text that finds every keyword of every rule at once (Aho–Corasick). Most strings of a span
 * hold none, and for them nothing else runs.
 *
 * Keywords are ASCII and compared without case. The automaton is one table: state × character class → state,
 * with states already multiplied by the row width, and the states that end a keyword numbered last, so that the
 * loop has one lookup and one comparison for each character.
 */
export interface Prefilter {
  /** Triples (keyword index, from, to) in the order of `to`; null = no keyword. */
  search: (text: string) => number[] | null
}

interface Node {
  next: Map<number, Node>
  fail: Node | null
  ends: number[]
  id: number
}

const WIDTH_BITS = 6
const WIDTH = 1 << WIDTH_BITS

/** Classes of the 128 ASCII characters; 0 = in no keyword. */
function classesOf(keywords: readonly string[]): Uint8Array {
  const classes = new Uint8Array(128)
  let used = 0
  for (const keyword of keywords) {
    for (let i = 0; i < keyword.length; i++) {
      const code = keyword.charCodeAt(i)
      if (code > 127) throw new RangeError('keywords are ASCII')
      if (classes[code] !== 0) continue
      used++
      if (used >= WIDTH) throw new RangeError('too many different characters in keywords')
      classes[code] = used
      if (code >= 97 && code <= 122) classes[code - 32] = used
    }
  }
  return classes
}

/** The tree of keywords with its failure links, breadth first. */
function treeOf(keywords: readonly string[], classes: Uint8Array): Node[] {
  const make = (): Node => ({ next: new Map(), fail: null, ends: [], id: 0 })
  const root = make()
  keywords.forEach((keyword, index) => {
    let node = root
    for (let i = 0; i < keyword.length; i++) {
      const cls = classes[keyword.charCodeAt(i)] ?? 0
      let child = node.next.get(cls)
      if (child === undefined) {
        child = make()
        node.next.set(cls, child)
      }
      node = child
    }
    node.ends.push(index)
  })
  const order = [root]
  for (const node of order) {
    for (const [cls, child] of node.next) {
      let fail = node.fail
      while (fail !== null && !fail.next.has(cls)) fail = fail.fail
      child.fail = fail === null ? root : (fail.next.get(cls) ?? root)
      child.ends.push(...child.fail.ends)
      order.push(child)
    }
  }
  return order
}

/** Builds the automaton. Keywords are lower case; empty ones are not allowed. */
export function buildPrefilter(keywords: readonly string[]): Prefilter {
  if (keywords.length === 0) return { search: () => null }
  if (keywords.some((keyword) => keyword === '' || keyword !== keyword.toLowerCase())) {
    throw new RangeError('keywords are lower case and not empty')
  }
  const classes = classesOf(keywords)
  const nodes = treeOf(keywords, classes)
  const numbered = [
    ...nodes.filter((node) => node.ends.length === 0),
    ...nodes.filter((node) => node.ends.length > 0),
  ]
  numbered.forEach((node, index) => {
    node.id = index << WIDTH_BITS
  })
  const firstEnd = numbered.find((node) => node.ends.length > 0)?.id ?? 0
  const table = new Int32Array(numbered.length << WIDTH_BITS)
  // Breadth first: the row of a failure link is complete before it is copied.
  for (const node of nodes) {
    if (node.fail !== null) table.copyWithin(node.id, node.fail.id, node.fail.id + WIDTH)
    for (const [cls, child] of node.next) table[node.id + cls] = child.id
  }
  const ends = numbered.map((node) => Int32Array.from(node.ends))
  const lengths = Int32Array.from(keywords, (keyword) => keyword.length)

  return {
    search(text) {
      let hits: number[] | null = null
      let state = 0
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        state = code < 128 ? (table[state + (classes[code] as number)] as number) : 0
        if (state < firstEnd) continue
        hits ??= []
        for (const keyword of ends[state >> WIDTH_BITS] as Int32Array) {
          hits.push(keyword, i + 1 - (lengths[keyword] as number), i + 1)
        }
      }
      return hits
    },
  }
}
