/**
 * Where a watcher stands: which watch told it, how many events it has seen of that one, and what of the database it
 * has: everything that was committed before transaction `since` (64 bits), of that many traces. The watch knows its own
 * events exactly; another process goes by the transactions, which no clock and no slow commit can mislead.
 */
export interface Position {
  watch: string
  seen: number
  since: bigint
  traces: number
}

/** No watch has this name. */
const NO_WATCH = '-'

export const writePosition = ({ watch, seen, since, traces }: Position) =>
  `${watch}.${seen.toString(36)}.${since.toString(36)}.${traces.toString(36)}`

/** Null for what is none of ours. */
export function readPosition(text: string): Position | null {
  const [, watch = '', seen = '', since = '', traces = ''] =
    /^([\w-]{1,32})\.([0-9a-z]{1,8})\.([0-9a-z]{1,13})\.([0-9a-z]{1,6})$/.exec(text) ?? []
  if (watch === '') return null
  return {
    watch,
    seen: Number.parseInt(seen, 36),
    since: Array.from(since).reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n),
    traces: Number.parseInt(traces, 36),
  }
}

/** Where the stream of a reader goes on who has read the execution as it was before a transaction. */
export const streamStart = (since: bigint, traces: number) =>
  writePosition({ watch: NO_WATCH, seen: 0, since, traces })
