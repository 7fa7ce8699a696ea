import { StoreUnavailable } from '../errors.ts'
import type { AuditEntry } from './audit.ts'

/** Milliseconds over which repetitions of one refusal are one row: a page may ask again three times a second, for ever. */
const FLUSH_MS = 60_000
/** Different refusals that are told apart within that time; the rest is added up per subject and action. */
const MOST_ENTRIES = 5_000
/** Even those are bounded. */
const MOST_SUBJECTS = 6_000

/** What writes the entries, and what is told when that fails. */
export interface DenialSink {
  append(entries: readonly AuditEntry[]): Promise<void>
  /** `kept` = they are tried again with what comes until then. */
  failed(entries: number, kept: boolean): void
}

/**
 * Refused accesses on their way into the audit log: noted without a query, added up in memory, written once a
 * minute and at the end; while the database is away they go on being added up. A crash loses what is not written yet;
 * what was allowed is written before the answer, elsewhere.
 */
export class Denials {
  readonly #sink: DenialSink
  readonly #flushMs: number
  #entries = new Map<string, AuditEntry & { times: number }>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(sink: DenialSink, flushMs: number = FLUSH_MS) {
    this.#sink = sink
    this.#flushMs = flushMs
  }

  note(entry: AuditEntry): void {
    this.#note(entry, 1)
  }

  #note(entry: AuditEntry, times: number): void {
    const { workspace, subject, action } = entry
    const exact = JSON.stringify([workspace, subject, action, entry.executionId ?? '', entry.details ?? null])
    if (this.#add(exact, entry, times, MOST_ENTRIES)) return
    const { executionId: _, workflowId: __, details: ___, ...rough } = entry
    if (this.#add(JSON.stringify([workspace, subject, action]), rough, times, MOST_SUBJECTS)) return
    const others = { workspace: '', subject: 'others', action }
    this.#add(`others ${action}`, others, times, Number.POSITIVE_INFINITY)
  }

  #add(key: string, entry: AuditEntry, times: number, most: number): boolean {
    const known = this.#entries.get(key)
    if (known !== undefined) known.times += times
    else if (this.#entries.size < most) this.#entries.set(key, { ...entry, times })
    else return false
    if (this.#timer === null) {
      this.#timer = setTimeout(() => void this.flush(), this.#flushMs)
      this.#timer.unref()
    }
    return true
  }

  /** Writes what has been noted by now. Never rejects: a refusal is refused whether or not it is on record. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const entries = [...this.#entries.values()]
    this.#entries = new Map()
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#sink.append(entries)
      } catch (error) {
        // What the database would refuse again must not keep back all that follows.
        const kept = error instanceof StoreUnavailable
        this.#sink.failed(entries.length, kept)
        if (kept) for (const { times, ...entry } of entries) this.#note(entry, times)
      }
    })
    return this.#writing
  }
}
