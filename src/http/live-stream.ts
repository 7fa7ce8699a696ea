import { PassThrough } from 'node:stream'
import { limits } from '../limits.ts'
import type { Change, Watcher } from '../live/execution-watch.ts'
import { eventText, HEARTBEAT, retryText } from '../live/server-sent.ts'
import type { Principal } from '../model/principal.ts'
import type { FoundExecution } from '../store/find-execution.ts'
import type { Parts } from './parts.ts'
import { presentLiveSummary } from './present/live.ts'
import { presentColumns } from './present/skeleton.ts'
import type { View } from './present/view.ts'
import type { ReconnectEvent, ResetEvent, SpansEvent } from './schemas/live.ts'

/** One reader's stream: what the watch tells, masked for this reader, as server-sent events. */
export class LiveStream implements Watcher {
  /** What is sent. */
  readonly body = new PassThrough({ highWaterMark: limits.streamBytes })
  readonly #parts: Parts
  readonly #principal: Principal
  readonly #view: View
  readonly #isGood: () => Promise<boolean>
  #lastId: string | undefined
  /** Events go out in the order in which they came, although some need a look-up first. */
  #turn: Promise<void> = Promise.resolve()
  readonly #timers: NodeJS.Timeout[] = []

  /** `expiresMs`: when the reader's token ends, Unix milliseconds; `isGood`: whether it is, still. */
  constructor(
    parts: Parts,
    principal: Principal,
    view: View,
    { expiresMs, isGood }: { expiresMs: number; isGood: () => Promise<boolean> },
  ) {
    this.#isGood = isGood
    this.#parts = parts
    this.#principal = principal
    this.#view = view
    this.body.write(retryText(limits.streamRetryMs))
    const lifetime = limits.streamLifetimeMs
    const left = expiresMs - parts.now()
    this.#timers.push(
      setInterval(() => {
        this.#send(HEARTBEAT)
        this.#told(async () => {})
      }, limits.streamHeartbeatMs),
      setTimeout(
        () => this.reconnect(left < lifetime ? 'token' : 'lifetime'),
        Math.max(0, Math.min(left, lifetime)),
      ),
    )
    this.body.once('close', () => {
      for (const timer of this.#timers) clearTimeout(timer)
    })
  }

  changed(change: Change): void {
    this.#told(async () => {
      if (change.rows.length > 0) this.#send(eventText('spans', await this.#spans(change), change.id))
      this.#lastId = change.id
      this.#send(eventText('summary', presentLiveSummary(change.found), change.id))
    })
  }

  reset({ found, id }: Omit<Change, 'rows'>): void {
    this.#told(async () => {
      this.#lastId = id
      const data: ResetEvent = { tree_version: found.execution.version }
      this.#send(eventText('reset', data, id))
      this.#send(eventText('summary', presentLiveSummary(found), id))
    })
  }

  finished(found: FoundExecution): void {
    this.#told(async () => {
      this.#send(eventText('complete', presentLiveSummary(found), this.#lastId))
      this.body.end()
    })
  }

  moved(): void {
    this.reconnect('changed')
  }

  /** Ends the stream with a word on why; the client comes back with the last id, or is refused then. */
  reconnect(reason: ReconnectEvent['reason']): void {
    this.#inTurn(async () => this.#end(reason))
  }

  async #spans({ found, rows }: Change): Promise<SpansEvent> {
    const ids = new Set(rows.map((row) => row.subExecution).filter((id) => id !== null && id !== ''))
    const { store } = this.#parts
    // the call comes from a look that serves everybody
    const named = await store.within(this.#principal, () =>
      store.read.visible(this.#principal, found.execution.realm, [...(ids as Set<string>)]),
    )
    return {
      trace_ids: found.traceIds,
      total: rows[0]?.total ?? rows.length,
      tree_version: found.execution.version,
      rows: rows.map((row) => row.row),
      columns: presentColumns(rows, found, named, this.#view),
    }
  }

  /** Nothing is told to a token that was revoked, or whose key was retired, since the stream began. */
  #told(work: () => Promise<void>): void {
    this.#inTurn(async () => {
      if (this.body.writableEnded) return
      if (await this.#isGood()) await work()
      else this.#end('token')
    })
  }

  #end(reason: ReconnectEvent['reason']): void {
    this.#send(eventText('reconnect', { reason } satisfies ReconnectEvent))
    this.body.end()
  }

  #inTurn(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch(() => void this.body.destroy())
  }

  /** A reader that does not keep up is cut: it comes back with the last id that it has seen. */
  #send(text: string): void {
    if (this.body.writableEnded || this.body.destroyed) return
    if (this.body.writableLength > limits.streamBytes) this.body.destroy()
    else this.body.write(text)
  }
}
