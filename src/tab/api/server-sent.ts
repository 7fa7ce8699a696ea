/** One event of a stream of server-sent events. */
export interface ServerSent {
  event: string
  /** The id to go on after; null = the event has none. */
  id: string | null
  data: string
}

/** Reads server-sent events from a body, as they come. Ends when the body ends. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let left = ''
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      left = (left + decoder.decode(value, { stream: true })).replaceAll('\r\n', '\n')
      for (let end = left.indexOf('\n\n'); end >= 0; end = left.indexOf('\n\n')) {
        const event = parse(left.slice(0, end))
        left = left.slice(end + 2)
        if (event) yield event
      }
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

/** A comment (the heartbeat) is no event. */
function parse(block: string): ServerSent | null {
  let event = 'message'
  let id: string | null = null
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim()
    else if (line.startsWith('id:')) id = line.slice(3).trim()
    else if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
  }
  return data.length === 0 ? null : { event, id, data: data.join('\n') }
}
