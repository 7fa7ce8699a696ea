import { clientToken } from '../config.ts'
import { decodeTraceRequest } from '../otlp/index.ts'
import { type Command, readCall, secondsOf, UsageError } from './command.ts'
import { type Delivery, deliver, type Target } from './replay-delivery.ts'
import { LINE_BYTES, type Line, linesOf } from './replay-lines.ts'

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 2_000

/** Sends the fallback logs of runners. Sending one again changes nothing, so a stopped replay is just repeated. */
export const replay: Command = {
  usage: 'FILE… [--endpoint URL] [--token T] [--keep-going] [--patience 5m]',
  summary: 'Sends fallback logs (OTLP/JSON, one request per line, .gz too); TRACE_TOKEN holds the token.',
  async run(args) {
    const { values, positionals } = readCall(args, {
      endpoint: { type: 'string', default: 'http://127.0.0.1:4318' },
      token: { type: 'string' },
      'keep-going': { type: 'boolean', default: false },
      patience: { type: 'string', default: '5m' },
    })
    if (positionals.length === 0) throw new UsageError('name the files to replay')
    const target = {
      url: tracesUrl(values.endpoint),
      token: values.token ?? clientToken(),
      patienceMs: secondsOf(values.patience) * 1000,
    }
    await replayFiles(positionals, { ...target, keepGoing: values['keep-going'], say, done })
  },
}

/** What a replay needs beside the files. */
export interface ReplayOptions extends Omit<Target, 'waiting'> {
  /** Goes on after a line that the service does not take. */
  keepGoing: boolean
  /** Gets progress and what went wrong, a line at a time: never what is in the files. */
  say(text: string): void
  /** Gets the summary. */
  done(summary: string): void
}

/** Sends every line of the files, in order. Rejects with a sentence for a person when something was not delivered. */
export function replayFiles(files: readonly string[], options: ReplayOptions): Promise<void> {
  return new Replay(options).run(files)
}

/** Where exports go; the endpoint may be given with or without the path. */
function tracesUrl(endpoint: string): string {
  const base = endpoint.replace(/\/+$/, '').replace(/\/v1\/traces$/, '')
  if (!/^https?:$/.test(URL.canParse(base) ? new URL(base).protocol : ''))
    throw new UsageError('--endpoint must be a URL such as http://127.0.0.1:4318')
  return `${base}/v1/traces`
}

/** What ends a replay before its last line. */
class Stopped extends Error {}

class Replay {
  readonly #target: Target
  readonly #options: ReplayOptions
  readonly #began = performance.now()
  #lastProgress = performance.now()
  #lines = 0
  #spans = 0
  #refused = 0
  #undelivered = 0

  constructor(options: ReplayOptions) {
    const { url, token, patienceMs, say } = options
    const waiting = (reason: string, ms: number) => say(`${reason}; again in ${(ms / 1000).toFixed(1)} s`)
    this.#target = { url, token, patienceMs, waiting }
    this.#options = options
  }

  async run(files: readonly string[]): Promise<void> {
    try {
      for (const file of files) await this.#file(file)
    } catch (error) {
      if (!(error instanceof Stopped)) throw error
      this.#options.say(this.#state())
      throw new Error(
        `${error.message}; run the same command again when it is mended: nothing is stored twice`,
      )
    }
    this.#options.done(this.#state())
    if (this.#undelivered > 0 || this.#refused > 0) {
      throw new Error(
        `not everything was delivered: ${this.#undelivered} lines, ${this.#refused} refused spans`,
      )
    }
  }

  async #file(file: string): Promise<void> {
    try {
      for await (const line of linesOf(file)) await this.#line(file, line)
    } catch (error) {
      if (error instanceof Stopped) throw error
      // a file that is missing, or a .gz that is cut off
      const { code } = error as NodeJS.ErrnoException
      this.#missed(`${file}: cannot be read${code === undefined ? '' : ` (${code})`}`)
    }
  }

  async #line(file: string, line: Line): Promise<void> {
    const place = `${file}:${line.number}`
    const spans = line.bytes === null ? null : spansIn(line.bytes)
    if (line.bytes === null || spans === null) {
      const why =
        line.bytes === null ? `has more than ${LINE_BYTES} bytes` : 'is not an OTLP/JSON trace request'
      this.#missed(`${place} ${why}${line.ended ? '' : ' (the file ends in the middle of it)'}`)
      return
    }
    this.#settle(place, await deliver(line.bytes, this.#target), spans)
    if (performance.now() - this.#lastProgress >= PROGRESS_MS) {
      this.#lastProgress = performance.now()
      this.#options.say(this.#state())
    }
  }

  #settle(place: string, delivery: Delivery, spans: number): void {
    switch (delivery.outcome) {
      case 'delivered':
        this.#lines += 1
        this.#spans += spans - delivery.refused
        this.#refused += delivery.refused
        if (delivery.refused > 0) this.#options.say(`${place}: ${delivery.reason}`)
        return
      case 'bad':
        this.#missed(`${place} was not taken (${delivery.reason})`)
        return
      case 'denied':
        throw new Stopped(`${place}: the token is not accepted (${delivery.reason})`)
      case 'away':
        throw new Stopped(`${place}: the service at ${this.#target.url} does not answer (${delivery.reason})`)
    }
  }

  #missed(what: string): void {
    this.#undelivered += 1
    if (!this.#options.keepGoing) throw new Stopped(`${what}; --keep-going goes on with the next`)
    this.#options.say(what)
  }

  #state(): string {
    const seconds = Math.max(0.001, (performance.now() - this.#began) / 1000)
    return `${this.#lines} lines, ${this.#spans} spans delivered, ${this.#refused} refused, ${this.#undelivered} lines not delivered, ${Math.round(this.#spans / seconds)} spans/s`
  }
}

/** The number of spans in a request; null = it is none. */
function spansIn(line: Buffer): number | null {
  try {
    const request = decodeTraceRequest(line, 'json')
    const decoded = request.resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.map(({ spans }) => spans.length),
    )
    return decoded.reduce((sum, count) => sum + count, request.surplusSpans ?? 0)
  } catch {
    return null
  }
}

function say(text: string): void {
  process.stderr.write(`workflow-trace replay: ${text}\n`)
}

function done(summary: string): void {
  process.stdout.write(`${summary}\n`)
}
