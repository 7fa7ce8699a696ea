import { bearer } from './service.ts'

/** One event as a client reads it. */
export interface LiveEvent {
  event: string
  id: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on every field that they read
  data: any
}

/** A stream that was opened, as a client reads it with fetch. */
export interface LiveClient {
  status: number
  headers: Headers
  /** Everything that came so far. */
  events: LiveEvent[]
  /** Resolves with the first event that comes or came for which `is` holds; rejects after `ms`. */
  until(is: (event: LiveEvent) => boolean, ms?: number): Promise<LiveEvent>
  /** Resolves when the service ended the stream. */
  ended: Promise<void>
  cut(): void
}

export async function openStream(
  url: string,
  claims: object = {},
  headers: Record<string, string> = {},
): Promise<LiveClient> {
  const stop = new AbortController()
  const answer = await fetch(url, {
    signal: stop.signal,
    headers: { ...bearer({ scope: 'traces:read content:read', ...claims }), ...headers },
  })
  const events: LiveEvent[] = []
  const waiting = new Set<() => void>()
  const read = async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]),
        )
        const event = fields.get('event')
        if (event !== undefined) {
          events.push({ event, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') })
        }
      }
      for (const look of waiting) look()
    }
  }
  const ended = read().catch(() => {})
  return {
    status: answer.status,
    headers: answer.headers,
    events,
    ended,
    until: (is, ms = 5_000) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const event = events.find(is)
          if (event === undefined) return
          waiting.delete(look)
          clearTimeout(late)
          resolve(event)
        }
        const late = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`nothing came: ${JSON.stringify(events.map((one) => one.event))}`))
        }, ms)
        waiting.add(look)
        look()
      }),
    cut: () => stop.abort(),
  }
}

/** The ids of the spans that a client was told, in order, with repetitions. */
export const told = (events: readonly LiveEvent[]): string[] =>
  events.flatMap(({ event, data }) => (event === 'spans' ? (data.columns.span_id as string[]) : []))
