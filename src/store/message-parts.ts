import { hash } from 'node:crypto'
import { CopyRows } from './copy-row.ts'

/**
 * Content that comes again and again (an agent sends its whole history with every call) is cut into parts that
 * are stored once per trace and day. What stands in the span is `{"parts":[…]}`: `=text` is a part itself, `#hash`
 * a row of `messages`, `@hash` a row that lists further parts. Joined, they are the JSON of the value, exactly.
 */

/** Bytes of JSON below which a value stays where it is. */
const SHARED_FROM = 1024
/** Characters of a part: below, a row of its own costs more than it saves. */
const PART_FROM = 256
/** Parts in one list; longer lists are lists of lists, so that a history of n messages costs a few references. */
const LIST = 32
/** Bytes by which a value that comes again is recognised: of `STRIDE` of them one. */
const PREFIX = 768
const STRIDE = 3

/** Looks at a value's JSON, written since a place of a row. */
export type Look = (rows: CopyRows, from: number) => void

/** What one span shares: its values go through `look`, and through `put` in the same order when any is shared. */
export interface Share {
  /** Changes nothing. */
  look: Look
  /** True when a value that `look` saw came before. */
  found(): boolean
  /** Writes references over such a value. */
  put: Look
}

/**
 * Remembers how values began, to tell what comes again: the first of a kind stays inline, so content that comes once
 * costs nothing more. A guess in bounded memory; whatever it says, what is stored reads the same.
 */
export class Repeats {
  readonly #seen = new Int32Array(1 << 17)

  /** True when a value of this trace that began like this was seen before; `json` has `SHARED_FROM` bytes or more. */
  again(traceId: string, json: Uint8Array): boolean {
    let code = 0x811c9dc5
    for (let i = 0; i < traceId.length; i++) code = Math.imul(code ^ traceId.charCodeAt(i), 0x01000193)
    for (let i = 0; i < PREFIX; i += STRIDE) code = Math.imul(code ^ (json[i] as number), 0x01000193)
    const slot = (code ^ (code >>> 15)) & (this.#seen.length - 1)
    if (this.#seen[slot] === code) return true
    this.#seen[slot] = code
    return false
  }
}

/** The parts of one request's spans, as COPY rows of `messages`. */
export class MessageRows {
  readonly #rows = new CopyRows(0)
  readonly #known = new Set<string>()
  readonly #realm: number
  readonly #repeats: Pick<Repeats, 'again'>
  #traceId = ''
  #day = 0
  /** Of the span's values that may be shared, in order: did they come before? */
  #again: boolean[] = []
  #found = false
  #next = 0
  readonly #share: Share = {
    look: (rows, from) => {
      if (rows.byteLength - from < SHARED_FROM) return
      const again = this.#repeats.again(this.#traceId, rows.since(from))
      this.#again.push(again)
      if (again) this.#found = true
    },
    found: () => this.#found,
    put: (rows, from) => {
      if (rows.byteLength - from < SHARED_FROM || !this.#again[this.#next++]) return
      const references = this.#references(this.#traceId, this.#day, rows.textSince(from))
      rows.back(from)
      rows.raw(references)
    },
  }

  constructor(realm: number, repeats: Pick<Repeats, 'again'>) {
    this.#realm = realm
    this.#repeats = repeats
  }

  /** COPY rows of realm, trace, day, hash, body; empty when nothing is shared. */
  slice(): Buffer {
    return this.#rows.slice()
  }

  /** For one span, until the next one is asked for; `day` in days since 2000-01-01. */
  shareFor(traceId: string, day: number): Share {
    this.#traceId = traceId
    this.#day = day
    if (this.#again.length > 0) this.#again = []
    this.#found = false
    this.#next = 0
    return this.#share
  }

  #references(traceId: string, day: number, json: string): string {
    const parts = cut(json).map((part) =>
      part.length < PART_FROM ? `=${part}` : `#${this.#store(traceId, day, part)}`,
    )
    return `{"parts":${JSON.stringify(this.#folded(traceId, day, parts))}}`
  }

  /** Lists of `LIST` parts from the start, so that a history that grows keeps its lists. */
  #folded(traceId: string, day: number, parts: readonly string[]): string[] {
    if (parts.length <= LIST) return [...parts]
    const whole = parts.length - (parts.length % LIST)
    const lists: string[] = []
    for (let from = 0; from < whole; from += LIST) {
      lists.push(`@${this.#store(traceId, day, JSON.stringify(parts.slice(from, from + LIST)))}`)
    }
    return [...this.#folded(traceId, day, lists), ...parts.slice(whole)]
  }

  #store(traceId: string, day: number, body: string): string {
    const digest = hash('sha256', body, 'buffer').subarray(0, 16)
    const name = digest.toString('hex')
    const key = `${traceId}${day} ${name}`
    if (this.#known.has(key)) return name
    this.#known.add(key)
    const rows = this.#rows
    rows.startRow(5)
    rows.int32(this.#realm)
    rows.hex(traceId)
    rows.int32(day)
    rows.bytes(digest)
    rows.text(body)
    rows.endRow()
    return name
  }
}

/**
 * Cuts where an object in a list ends, at the earliest after `PART_FROM` characters: the places depend on what
 * stands before them alone, so a text that grew at its end has the same parts and new ones.
 */
export function cut(json: string): string[] {
  const parts: string[] = []
  let from = 0
  for (;;) {
    const at = json.indexOf('},', from + PART_FROM)
    if (at === -1) break
    parts.push(json.slice(from, at + 1))
    from = at + 1
  }
  // what closes the whole would make another part of the last message
  const end = json.lastIndexOf('}') + 1
  if (end > from && end < json.length) {
    parts.push(json.slice(from, end))
    from = end
  }
  parts.push(json.slice(from))
  return parts
}
