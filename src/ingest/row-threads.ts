import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import * as catalogue from '../errors.ts'
import type { RowBatch, RowPlan } from '../store/encode-batch.ts'
import { receiveBatch } from '../store/sent-rows.ts'
import type { RowAnswer, RowJob, RowThreadData } from './row-job.ts'
import type { Body, Tally } from './spans-of.ts'

/** Bytes of a body, inflated, below which a trip to another thread costs more than the work. */
const LEAST_BYTES = 8 * 1024
/** Milliseconds that the oldest request may wait for its rows before others of its kind, small or large, are refused. */
const MOST_MS = 1_500
/** Milliseconds after which a large one has small ones refused as well: they take its turns, and it has 8 s in all. */
const LARGE_MOST_MS = 4_000
/**
 * Bytes of a body, inflated, from which it is large: its own work takes long, and says little of how long small ones
 * wait, as requests take turns.
 */
const LARGE_BYTES = 1024 * 1024
/** Milliseconds without an answer after which a thread is ended: its callers were answered long ago, within 8 s. */
const STUCK_MS = 15_000
/** Milliseconds between looks for such a thread. */
const LOOK_MS = 1_000
/** Milliseconds until a thread is started in the place of one that ended: one that cannot live must not cost the rest. */
const AGAIN_MS = 1_000
/** Bytes of spent memory that wait to be used again. */
const SPARE_BYTES = 16 * 1024 * 1024
/** What a thread runs. Sources that are run without a build have none: then everything is done where it came. */
const FILE = new URL('row-thread.js', import.meta.url)
/** MB of a thread's new space: a slice of spans leaves less than that behind; the default (48) costs memory alone. */
const YOUNG_MB = 32

/** What a request's rows are made with, beside the store's plan. */
export interface RowContext {
  maxBytes: number
  workflows: readonly string[]
  workspace: string
  idKey: Uint8Array
}

/** The rows of a request, and what became of its spans. */
export interface MadeRows {
  batches: RowBatch[]
  tally: Tally
}

interface Waiting {
  large: boolean
  /** Milliseconds of the process's clock when it came. */
  since: number
  resolve: (made: MadeRows) => void
  reject: (error: Error) => void
}

/** What `RowThreads` can be told. */
export interface RowThreadOptions {
  /** What a thread runs: `serveRows`. */
  file?: URL
  /** Milliseconds without an answer after which a thread is ended. */
  stuckMs?: number
  /** A thread that ended by itself, or had to be; the name of its error alone, which may hold words of a payload. */
  onEnd?: (reason: string) => void
}

/** One thread and the requests that it works on. */
interface Thread {
  worker: Worker
  ready: boolean
  /** Milliseconds of the process's clock when it last answered. */
  heard: number
  waiting: Map<number, Waiting>
  /** The days that it was told of. */
  days: RowPlan['days'] | null
}

/**
 * Threads that do the pure part of an export (inflate, decode, normalize, redact, encode), so that the main one is
 * left with sockets. They begin with the first request that is large enough; until one is ready, and for small
 * requests, the work is done where it came. What they cannot do fails like an overload: the sender comes back.
 */
export class RowThreads {
  readonly #most: number
  readonly #data: RowThreadData
  readonly #file: URL
  readonly #stuckMs: number
  readonly #onEnd: (reason: string) => void
  readonly #threads: Thread[] = []
  readonly #spare: ArrayBuffer[] = []
  #spareBytes = 0
  readonly #underWay = new Set<Promise<MadeRows>>()
  #id = 0
  #closed = false
  #notBefore = 0
  #look: NodeJS.Timeout | null = null

  /**
   * @param most threads
   * @param redaction the rules that the main thread works with
   */
  constructor(most: number, redaction: RowThreadData['redaction'], options: RowThreadOptions = {}) {
    const { file = FILE, stuckMs = STUCK_MS, onEnd = () => {} } = options
    this.#most = existsSync(file) ? most : 0
    this.#data = { redaction }
    this.#file = file
    this.#stuckMs = stuckMs
    this.#onEnd = onEnd
  }

  /** True when a request of so many bytes should be given to `rows`. */
  wants(bytes: number): boolean {
    if (bytes < LEAST_BYTES || this.#closed) return false
    while (this.#threads.length < this.#most && performance.now() >= this.#notBefore) this.#start()
    return this.#threads.some(({ ready }) => ready)
  }

  /** True while requests wait too long for their rows for another one to come, a small or a `large` one. */
  late(large = false): boolean {
    const now = performance.now()
    return this.#threads.some(({ waiting }) => {
      for (const one of waiting.values()) {
        if (now - one.since > (one.large && !large ? LARGE_MOST_MS : MOST_MS)) return true
      }
      return false
    })
  }

  /**
   * The rows of a request. Rejects with what the decoder found wrong with the body, or with `Overloaded` when the
   * thread ended, or a large one would wait for others too long.
   */
  rows({ bytes, codec, encoding }: Body, context: RowContext, plan: RowPlan): Promise<MadeRows> {
    const [thread] = this.#threads
      .filter(({ ready }) => ready)
      .sort((a, b) => a.waiting.size - b.waiting.size)
    const large = context.maxBytes > LARGE_BYTES
    if (thread === undefined || (large && this.late(large))) {
      return Promise.reject(new catalogue.Overloaded())
    }
    const id = this.#id++
    const { days, ...rest } = plan
    // its own memory, to be handed over: a buffer may be a part of one that others use
    const own = new Uint8Array(bytes)
    const spare = this.#spare.splice(0)
    this.#spareBytes = 0
    const told = days === thread.days ? null : [...days]
    thread.days = days
    const job: RowJob = { id, bytes: own, codec, encoding, ...context, plan: rest, days: told, spare }
    const made = new Promise<MadeRows>((resolve, reject) => {
      thread.waiting.set(id, { large, since: performance.now(), resolve, reject })
    })
    this.#underWay.add(made)
    const done = () => {
      this.#underWay.delete(made)
      if (thread.waiting.size === 0) thread.worker.unref()
    }
    made.then(done, done)
    // it keeps the process alive while it has something to do
    thread.worker.ref()
    thread.worker.postMessage(job, [own.buffer, ...spare])
    return made
  }

  /** Resolves when what is under way has its rows and the threads have ended. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#underWay)
    if (this.#look !== null) clearInterval(this.#look)
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  #start(): void {
    const worker = new Worker(this.#file, {
      workerData: this.#data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    worker.unref()
    const thread: Thread = { worker, ready: false, heard: 0, waiting: new Map(), days: null }
    this.#threads.push(thread)
    this.#look ??= setInterval(() => this.#endStuck(), LOOK_MS).unref()
    let reason = 'exit'
    worker.on('message', (answer: RowAnswer) => {
      thread.heard = performance.now()
      if ('ready' in answer) thread.ready = true
      else this.#take(thread, answer)
    })
    // of memory that ran out, or of a bug: its requests are told to come back, and a later one starts another thread
    worker.once('error', (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.name
    })
    worker.once('exit', () => {
      this.#threads.splice(this.#threads.indexOf(thread), 1)
      for (const { reject } of thread.waiting.values()) reject(new catalogue.Overloaded())
      if (this.#closed) return
      this.#notBefore = performance.now() + AGAIN_MS
      this.#onEnd(reason)
    })
  }

  /** A thread that hangs would keep its requests, and their share of memory, for ever. */
  #endStuck(): void {
    const before = performance.now() - this.#stuckMs
    for (const { worker, waiting, heard } of this.#threads) {
      const [oldest] = waiting.values()
      if (oldest !== undefined && Math.max(oldest.since, heard) < before) void worker.terminate()
    }
  }

  #take(thread: Thread, answer: Exclude<RowAnswer, { ready: true }>): void {
    const waiting = thread.waiting.get(answer.id)
    thread.waiting.delete(answer.id)
    if (waiting === undefined) return
    if ('code' in answer) {
      waiting.reject(errorOf(answer.code, answer.message))
    } else {
      const batches = answer.batches.map((batch) => receiveBatch(batch, (memory) => this.#keep(memory)))
      waiting.resolve({ batches, tally: answer.tally })
    }
  }

  #keep(memory: ArrayBuffer): void {
    if (this.#spareBytes + memory.byteLength > SPARE_BYTES) return
    this.#spare.push(memory)
    this.#spareBytes += memory.byteLength
  }
}

/** Errors of the catalogue by their code: what a thread tells is an error of the same class here. */
const byCode = new Map<string, new () => Error>(
  Object.values(catalogue).map((kind) => [new kind().code, kind]),
)

function errorOf(code: string | null, message: string): Error {
  const kind = code === null ? undefined : byCode.get(code)
  const error = kind === undefined ? new Error(message) : new kind()
  error.message = message
  return error
}
