/** Bytes of a start: an unsigned 64-bit integer, big-endian. */
export const START_BYTES = 8

const VALUES = 256

/**
 * Positions in the order of their starts; equal starts in the order of `compare`. `starts` holds eight bytes for
 * each position, so that a stable sort by one byte after the other orders 50,000 spans in a few milliseconds.
 */
export function sortByStart(starts: Uint8Array, compare: (a: number, b: number) => number): Int32Array {
  const count = starts.length / START_BYTES
  let sorted = ascending(count)
  let other = new Int32Array(count)
  const ends = new Int32Array(VALUES)
  for (let byte = START_BYTES - 1; byte >= 0; byte--) {
    ends.fill(0)
    for (let i = 0; i < count; i++) (ends[starts[i * START_BYTES + byte] as number] as number)++
    // spans of one execution agree in the upper bytes: nothing to do there
    if (count === 0 || ends[starts[byte] as number] === count) continue
    for (let value = 0, sum = 0; value < VALUES; value++) {
      const here = ends[value] as number
      ends[value] = sum
      sum += here
    }
    for (let i = 0; i < count; i++) {
      const position = sorted[i] as number
      const value = starts[position * START_BYTES + byte] as number
      other[ends[value] as number] = position
      ;(ends[value] as number)++
    }
    ;[sorted, other] = [other, sorted]
  }
  sortTies(starts, sorted, compare)
  return sorted
}

/** 0, 1, 2, …: `Int32Array.from` with a function takes a hundred times as long. */
export function ascending(count: number): Int32Array<ArrayBuffer> {
  const positions = new Int32Array(count)
  for (let i = 0; i < count; i++) positions[i] = i
  return positions
}

function sortTies(starts: Uint8Array, sorted: Int32Array, compare: (a: number, b: number) => number): void {
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1
    while (to < sorted.length && sameStart(starts, sorted[from] as number, sorted[to] as number)) to++
    if (to - from > 1) sorted.subarray(from, to).sort(compare)
    from = to
  }
}

function sameStart(starts: Uint8Array, a: number, b: number): boolean {
  for (let i = START_BYTES - 1; i >= 0; i--) {
    if (starts[a * START_BYTES + i] !== starts[b * START_BYTES + i]) return false
  }
  return true
}
