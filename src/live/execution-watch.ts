import { randomBytes } from 'node:crypto'
import type { FoundExecution } from '../store/find-execution.ts'
import type { SpanId } from '../store/load-spans.ts'
import { type ExecutionOrder, rowOfId } from '../tree/execution-order.ts'
import type { RowSpan } from '../tree/slim-span.ts'
import type { TreeRow } from '../tree/tree-row.ts'
import { changedRows } from './changes.ts'
import { type Position, writePosition } from './position.ts'

/** What a watch looks at. Every method rejects while the database is away. */
export interface LiveSource {
  /** The execution as it stands, after settling; null = there is none of this key any more. */
  current(found: FoundExecution): Promise<FoundExecution | null>
  /** Its rows with a fingerprint of each span. */
  order(found: FoundExecution): Promise<ExecutionOrder>
  rows(found: FoundExecution, order: ExecutionOrder, rows: readonly number[]): Promise<TreeRow<RowSpan>[]>
  /** Spans of its traces that transactions from `since` on stored; null = more than `most`. */
  storedSince(found: FoundExecution, since: bigint, most: number): Promise<SpanId[] | null>
}

/** Spans that were added or changed together. */
export interface Change {
  found: FoundExecution
  rows: TreeRow<RowSpan>[]
  /** Where a watcher stands who has seen it. */
  id: string
}

export interface Watcher {
  changed(change: Change): void
  /** What it missed cannot be told: it reads everything again, and is told what comes after `id`. */
  reset(at: Omit<Change, 'rows'>): void
  /** It ended, and nothing came for a while: this watcher is not told anything more. */
  finished(found: FoundExecution): void
  /** It is no more what was watched: gone, or another workflow's. This watcher is not told anything more. */
  moved(): void
}

export interface WatchTimes {
  /** Rows of changes that a watch remembers, for watchers that come back. */
  rows: number
  /** Between two looks. */
  pollMs: number
  /** Without news after an end that leaves parents missing. */
  graceMs: number
}

/** Rows in one event. */
const EVENT_ROWS = 1_000
/** Transactions: of a position further back, or ahead, the database was another one, or numbers went round. */
const TRANSACTIONS_BACK = 2n ** 30n
const TRANSACTIONS_AHEAD = 1_000_000n
/** A look at a large execution is dear: the next one waits this many times as long as it took. */
const REST = 10

/** Looks at one execution for everyone who watches it in this process. */
export class ExecutionWatch {
  readonly id = randomBytes(9).toString('base64url')
  readonly #source: LiveSource
  readonly #times: WatchTimes
  readonly #watchers = new Set<Watcher>()
  #found: FoundExecution
  #order: ExecutionOrder | null = null
  #log: { seq: number; change: Change }[] = []
  #seq = 0
  #forgotten = 0
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  #newsAt = 0
  #gone = false

  constructor(source: LiveSource, found: FoundExecution, times: WatchTimes) {
    this.#source = source
    this.#found = found
    this.#times = times
  }

  get watchers(): number {
    return this.#watchers.size
  }

  /**
   * Tells the watcher what it missed since `from` (null = nothing), and from then on what is new. What this watch
   * told is repeated exactly; a position of another process may repeat spans. Where what was missed cannot be told
   * (too much, another database, an unknown position), the watcher is told to read everything again: none is lost.
   */
  async add(watcher: Watcher, from: Position | 'unknown' | null): Promise<void> {
    await this.#look()
    if (this.#gone) return watcher.moved()
    const missed = await this.#missed(from)
    if (missed === null) watcher.reset({ found: this.#found, id: this.#position() })
    for (const change of missed ?? []) watcher.changed(change)
    if (missed?.length === 0) watcher.changed({ found: this.#found, rows: [], id: this.#position() })
    this.#watchers.add(watcher)
    this.#settleWatchers()
    this.#schedule()
  }

  /** Stops telling it. What was told is remembered as long as the watch is kept. */
  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher)
    if (this.#watchers.size > 0 || this.#timer === null) return
    clearTimeout(this.#timer)
    this.#timer = null
  }

  #schedule(delayMs = this.#times.pollMs): void {
    if (this.#timer !== null || this.#watchers.size === 0) return
    this.#timer = setTimeout(async () => {
      this.#timer = null
      const began = performance.now()
      // a database that is away is looked for again at the next turn
      await this.#look().catch(() => {})
      this.#settleWatchers()
      this.#schedule(Math.max(this.#times.pollMs, REST * (performance.now() - began)))
    }, delayMs)
    this.#timer.unref()
  }

  /** One look at a time; whoever comes meanwhile waits for it. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async #lookOnce(): Promise<void> {
    const found = await this.#source.current(this.#found)
    this.#gone = found === null
    if (found === null || found.execution.workflowId !== this.#found.execution.workflowId) {
      for (const watcher of this.#watchers) watcher.moved()
      this.#watchers.clear()
    }
    if (found === null) return
    if (this.#order === null) {
      this.#order = await this.#source.order(found)
      this.#found = found
      return
    }
    if (found.execution.version === this.#found.execution.version) {
      this.#found = found
      return
    }
    const order = await this.#source.order(found)
    const rows = changedRows(this.#order, order, countedRows(this.#found), countedRows(found))
    const changes: { found: FoundExecution; rows: TreeRow<RowSpan>[] }[] = []
    for (let at = 0; at === 0 || at < rows.length; at += EVENT_ROWS) {
      changes.push({ found, rows: await this.#source.rows(found, order, rows.slice(at, at + EVENT_ROWS)) })
    }
    this.#order = order
    this.#found = found
    this.#newsAt = Date.now()
    for (const change of changes) this.#tell(change)
  }

  #tell(what: Omit<Change, 'id'>): void {
    this.#seq += 1
    const change = { ...what, id: this.#position() }
    this.#log.push({ seq: this.#seq, change })
    let rows = this.#log.reduce((sum, entry) => sum + entry.change.rows.length, 0)
    while (rows > this.#times.rows && this.#log.length > 1) {
      const [oldest] = this.#log.splice(0, 1)
      rows -= oldest?.change.rows.length ?? 0
      this.#forgotten = oldest?.seq ?? this.#forgotten
    }
    for (const watcher of this.#watchers) watcher.changed(change)
  }

  #settleWatchers(): void {
    const { status, complete, lastSpanAt } = this.#found.execution
    if (status === 'running') return
    const quietMs = Date.now() - Math.max(lastSpanAt.getTime(), this.#newsAt)
    if (!complete && quietMs < this.#times.graceMs) return
    for (const watcher of this.#watchers) watcher.finished(this.#found)
    this.#watchers.clear()
  }

  #position(): string {
    const { asOf: since, traceIds } = this.#found
    return writePosition({ watch: this.id, seen: this.#seq, since, traces: traceIds.length })
  }

  /** What a watcher at a position missed; null = it cannot be told. */
  async #missed(from: Position | 'unknown' | null): Promise<Change[] | null> {
    if (from === null) return []
    if (from === 'unknown') return null
    if (from.watch === this.id && from.seen >= this.#forgotten) {
      return this.#log.filter((entry) => entry.seq > from.seen).map((entry) => entry.change)
    }
    const found = this.#found
    const order = this.#order as ExecutionOrder
    const back = found.asOf - from.since
    // a trace that came to the execution brings spans that are older than their membership
    if (back > TRANSACTIONS_BACK || -back > TRANSACTIONS_AHEAD || from.traces < found.traceIds.length)
      return null
    const { rows: most } = this.#times
    const stored = await this.#source.storedSince(found, from.since, most)
    if (stored === null) return null
    const rows = withSubtrees(order, stored, most)
    if (rows.length > most) return null
    return this.#changes(found, order, rows)
  }

  async #changes(found: FoundExecution, order: ExecutionOrder, rows: readonly number[]): Promise<Change[]> {
    const id = this.#position()
    const changes: Change[] = []
    for (let at = 0; at < rows.length; at += EVENT_ROWS) {
      changes.push({
        found,
        id,
        rows: await this.#source.rows(found, order, rows.slice(at, at + EVENT_ROWS)),
      })
    }
    return changes
  }
}

/** Which rows count; of an execution that was rolled up before this was kept, none until it changes. */
const countedRows = ({ execution }: FoundExecution) => execution.countedRows ?? new Uint8Array()

/** The rows of spans, and what is below them: a span that comes late may bring what was stored before it. */
function withSubtrees(order: ExecutionOrder, spans: readonly SpanId[], most: number): number[] {
  const rows = new Set<number>()
  for (const { traceId, spanId } of spans) {
    const row = rowOfId(order, traceId, spanId)
    if (row === -1 || rows.has(row)) continue
    const last = row + (order.descendants[row] as number)
    for (let below = row; below <= last && rows.size <= most; below++) rows.add(below)
  }
  return [...rows].sort((a, b) => a - b)
}
