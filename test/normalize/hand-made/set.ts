import type { Plain, Sent } from '../support/sent.ts'

/** Spans of one trace, written from their convention's documents. */
export interface HandMade {
  resource?: Plain
  scope?: string
  spans: Sent[]
}

/** A span of a set: its own number, its parent's (0 = none), name, attributes, and what else is to be said. */
type Line = [
  number: number,
  parent: number,
  name: string,
  attributes: Plain,
  more?: Sent['over'] & { said?: Sent['events'] },
]

let traces = 0
const START = 1_795_344_848_000_000_000n

/** Spans of a trace of their own: one begins each second, a parent lasts until all have ended. */
export function made(from: Omit<HandMade, 'spans'>, lines: readonly Line[]): HandMade {
  const traceId = (++traces).toString(16).padStart(32, 'e')
  const id = (number: number) => number.toString(16).padStart(16, 'f')
  const end = START + BigInt(lines.length + 1) * 1_000_000_000n
  const hasChildren = (number: number) => lines.some(([, parent]) => parent === number)
  const spans = lines.map(([number, parent, name, attributes, more = {}], place): Sent => {
    const { said, ...over } = more
    const startNs = START + BigInt(place) * 1_000_000_000n
    return {
      name,
      attributes,
      ...(said === undefined ? {} : { events: said }),
      over: {
        traceId,
        spanId: id(number),
        parentSpanId: parent === 0 ? '' : id(parent),
        startNs,
        endNs: hasChildren(number) ? end : startNs + 900_000_000n,
        ...over,
      },
    }
  })
  return { ...from, spans }
}

export const json = JSON.stringify

/** A message in OpenTelemetry's shape. */
export const message = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] })
