/** A seeded generator (mulberry32), so that every run measures the same content. */
export interface Random {
  /** From 0 (inclusive) to `below` (exclusive), whole. */
  whole(below: number): number
  pick<T>(list: readonly T[]): T
  hex(bytes: number): string
}

export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (below: number): number => Math.floor(next() * below)
  return {
    whole,
    pick: (list) => list[whole(list.length)] as never,
    hex: (bytes) => Array.from({ length: bytes }, () => whole(256).toString(16).padStart(2, '0')).join(''),
  }
}
