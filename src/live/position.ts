/**
 * Where a watcher stands: which watch told it, how many events it has seen of that one, and until when (Unix
 * milliseconds) it has everything. The watch knows its own events exactly; another process goes by the time.
 */
export interface Position {
  watch: string
  seen: number
  untilMs: number
}

/** No watch has this name. */
const NO_WATCH = '-'

export const writePosition = ({ watch, seen, untilMs }: Position) =>
  `${watch}.${seen.toString(36)}.${untilMs.toString(36)}`

/** Null for what is none of ours. */
export function readPosition(text: string): Position | null {
  const [, watch = '', seen = '', until = ''] =
    /^([\w-]{1,32})\.([0-9a-z]{1,8})\.([0-9a-z]{1,9})$/.exec(text) ?? []
  if (watch === '') return null
  return { watch, seen: Number.parseInt(seen, 36), untilMs: Number.parseInt(until, 36) }
}

/** Where the stream of a reader goes on who has read the execution as it was at `at`. */
export const streamStart = (at: Date) => writePosition({ watch: NO_WATCH, seen: 0, untilMs: at.getTime() })
