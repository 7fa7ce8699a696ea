import type { ServerResponse } from 'node:http'
import { limits } from '../limits.ts'
import type { Change, Watcher } from '../live/execution-watch.ts'
import { eventText, HEARTBEAT, retryText } from '../live/server-sent.ts'
import type { Principal } from '../model/principal.ts'
import type { FoundExecution } from '../store/find-execution.ts'
import { type Make, PacedBody } from './paced-body.ts'
import type { Parts } from './parts.ts'
import { presentLiveSummary } from './present/live.ts'
import { presentColumns } from './present/skeleton.ts'
import type { View } from './present/view.ts'
import type { ReconnectEvent, ResetEvent, SpansEvent } from './schemas/live.ts'

/** What waits for its reader: as much as `rows` tells how much it is. */
interface Waiting {
  rows: number
  make: Make
  /** It tells to read everything again: nothing else needs to be told after it. */
  reset?: boolean
}

/** The reader's token: when it ends (Unix milliseconds), and whether it is good, still. */
interface Token {
  expiresMs: number
  isGood: () => Promise<boolean>
}

/**
 * One reader's stream: what the watch tells, masked for this reader, as server-sent events. A reader who does not keep
 * up is told to read again instead (`reset`); one who takes nothing is cut, and comes back with the last id.
 */
export class LiveStream implements Watcher {
  /** What is sent. */
  readonly body: PacedBody
  readonly #parts: Parts
  readonly #principal: Principal
  readonly #view: View
  readonly #raw: ServerResponse
  readonly #isGood: () => Promise<boolean>
  readonly #timers: NodeJS.Timeout[] = []
  #waiting: Waiting[] = []
  #lastId: string | undefined
  #ended = false

  /** `raw` is what `body` goes to. */
  constructor(
    parts: Parts,
    principal: Principal,
    view: View,
    { expiresMs, isGood }: Token,
    raw: ServerResponse,
  ) {
    this.#isGood = isGood
    this.#parts = parts
    this.#principal = principal
    this.#view = view
    this.#raw = raw
    this.body = new PacedBody({
      next: () => this.#next(),
      stallMs: limits.streamStallMs,
      stalled: () => this.#cut(),
    })
    this.#tell(0, () => retryText(limits.streamRetryMs))
    const lifetime = limits.streamLifetimeMs
    const left = expiresMs - parts.now()
    this.#timers.push(
      setInterval(() => this.#beat(), limits.streamHeartbeatMs),
      setTimeout(
        () => this.reconnect(left < lifetime ? 'token' : 'lifetime'),
        Math.max(0, Math.min(left, lifetime)),
      ),
    )
    raw.once('close', () => {
      for (const timer of this.#timers) clearTimeout(timer)
      this.body.destroy()
    })
  }

  changed(change: Change): void {
    if (this.#ended) return
    const { found, rows, id } = change
    this.#lastId = id
    const waiting = this.#waiting.reduce((sum, one) => sum + one.rows, rows.length)
    if (waiting > limits.watch.rows || this.#waiting.some((one) => one.reset)) this.reset(change)
    else
      this.#tell(Math.max(1, rows.length), async () => {
        const spans = rows.length === 0 ? '' : eventText('spans', await this.#spans(change), id)
        return spans + eventText('summary', presentLiveSummary(found), id)
      })
  }

  reset({ found, id }: Omit<Change, 'rows'>): void {
    if (this.#ended) return
    this.#lastId = id
    const data: ResetEvent = { tree_version: found.execution.version }
    const make = () => eventText('reset', data, id) + eventText('summary', presentLiveSummary(found), id)
    this.#forget()
    this.#waiting.push({ rows: 1, make, reset: true })
    this.body.wake()
  }

  finished(found: FoundExecution): void {
    this.#end(() => {
      // all that came before has been taken
      this.#cutSoon()
      return eventText('complete', presentLiveSummary(found), this.#lastId)
    })
  }

  moved(): void {
    this.reconnect('changed')
  }

  /**
   * Ends the stream with a word on why; the client comes back with the last id, or is refused then. What it has not
   * taken a moment later, it does not get.
   */
  reconnect(reason: ReconnectEvent['reason']): void {
    this.#cutSoon()
    this.#forget()
    this.#end(() => eventText('reconnect', { reason } satisfies ReconnectEvent))
  }

  async #spans({ found, rows }: Change): Promise<SpansEvent> {
    const ids = new Set(rows.map((row) => row.subExecution).filter((id) => id !== null && id !== ''))
    const { store } = this.#parts
    // the call comes from a look that serves everybody
    const named = await store.within(this.#principal, () =>
      store.read.visible(this.#principal, found.execution.realm, [...(ids as Set<string>)]),
    )
    const counted = await store.asOwner(() => store.read.countedRows(found, false))
    return {
      trace_ids: found.traceIds,
      total: rows[0]?.total ?? rows.length,
      tree_version: found.execution.version,
      rows: rows.map((row) => row.row),
      columns: presentColumns(rows, found, named, counted, this.#view),
    }
  }

  /** Nothing is told to a token that was revoked, or whose key was retired, since the stream began. */
  #next(): Make | undefined {
    const next = this.#waiting.shift()
    if (next === undefined) return undefined
    return async () => ((await this.#isGood()) ? next.make() : this.#refused())
  }

  #refused(): string {
    this.#cutSoon()
    this.#waiting = []
    this.#ended = true
    this.body.finish()
    return eventText('reconnect', { reason: 'token' } satisfies ReconnectEvent)
  }

  /** What waits need not be told any more. */
  #forget(): void {
    this.#waiting = this.#waiting.filter((one) => one.rows === 0)
  }

  #tell(rows: number, make: Make): void {
    if (this.#ended) return
    this.#waiting.push({ rows, make })
    this.body.wake()
  }

  #end(make: Make): void {
    this.#tell(0, make)
    this.#ended = true
    this.body.finish()
  }

  #beat(): void {
    if (this.#waiting.length === 0) this.#tell(0, () => HEARTBEAT)
  }

  #cutSoon(): void {
    if (this.#raw.closed) return
    this.#timers.push(setTimeout(() => this.#cut(), limits.streamGraceMs))
  }

  /** The connection as well: what it still holds would keep it open for as long as nobody reads. */
  #cut(): void {
    this.body.destroy()
    this.#raw.destroy()
  }
}
