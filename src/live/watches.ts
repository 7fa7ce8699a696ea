import { Overloaded, TooManyRequests } from '../errors.ts'
import type { FoundExecution } from '../store/find-execution.ts'
import { executionKey } from '../tree/execution-tree.ts'
import { ExecutionWatch, type LiveSource, type Watcher, type WatchTimes } from './execution-watch.ts'
import type { Position } from './position.ts'

export interface WatchLimits extends WatchTimes {
  /** Streams of this process, and of one subject. */
  watchers: number
  watchersOfSubject: number
  /** Milliseconds that a watch without watchers is kept, so that a cut stream goes on exactly. */
  lingerMs: number
}

interface Kept {
  watch: ExecutionWatch
  linger: NodeJS.Timeout | null
}

/** Who watches which execution: one look at a time for each execution, however many watch it. */
export class Watches {
  readonly #source: LiveSource
  readonly #limits: WatchLimits
  readonly #watches = new Map<string, Kept>()
  readonly #subjects = new Map<string, number>()
  #watchers = 0

  constructor(source: LiveSource, limits: WatchLimits) {
    this.#source = source
    this.#limits = limits
  }

  /**
   * Takes a place for a stream, before anything is answered. Throws `TooManyRequests` when the subject has too
   * many, `Overloaded` when the process has. The result gives the place back; calling it twice is harmless.
   */
  reserve(subject: string): () => void {
    if (this.#watchers >= this.#limits.watchers) throw new Overloaded()
    const own = this.#subjects.get(subject) ?? 0
    if (own >= this.#limits.watchersOfSubject) throw new TooManyRequests()
    this.#watchers += 1
    this.#subjects.set(subject, own + 1)
    let given = false
    return () => {
      if (given) return
      given = true
      this.#watchers -= 1
      const left = (this.#subjects.get(subject) ?? 1) - 1
      if (left === 0) this.#subjects.delete(subject)
      else this.#subjects.set(subject, left)
    }
  }

  /** Watches from a position on. The result ends it. */
  async watch(
    found: FoundExecution,
    watcher: Watcher,
    from: Position | 'unknown' | null,
  ): Promise<() => void> {
    const key = `${found.execution.realm}:${executionKey(found.execution.key)}`
    let kept = this.#watches.get(key)
    if (kept === undefined) {
      kept = { watch: new ExecutionWatch(this.#source, found, this.#limits), linger: null }
      this.#watches.set(key, kept)
    }
    if (kept.linger !== null) clearTimeout(kept.linger)
    kept.linger = null
    const leave = () => this.#leave(key, kept, watcher)
    try {
      await kept.watch.add(watcher, from)
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }

  #leave(key: string, kept: Kept, watcher: Watcher): void {
    kept.watch.remove(watcher)
    if (kept.watch.watchers > 0 || kept.linger !== null) return
    kept.linger = setTimeout(() => {
      if (this.#watches.get(key) === kept && kept.watch.watchers === 0) this.#watches.delete(key)
    }, this.#limits.lingerMs)
    kept.linger.unref()
  }
}
