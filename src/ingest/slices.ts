import type { ScopeSpans, TraceRequest } from '../model/otlp.ts'

/**
 * A request in parts of at most `most` spans, in order, so that the work on a large one can be interrupted.
 * Resources and scopes are the same objects in every part; the surplus is told by the first one.
 */
export function* slices(request: TraceRequest, most: number): Generator<TraceRequest> {
  const { surplusSpans } = request
  let part: TraceRequest = {
    resourceSpans: [],
    ...(surplusSpans === undefined ? {} : { surplusSpans }),
  }
  let room = most
  for (const { resource, scopeSpans } of request.resourceSpans) {
    let into: ScopeSpans[] = []
    for (const { scope, spans } of scopeSpans) {
      for (let from = 0; from < spans.length; ) {
        const taken = spans.slice(from, from + room)
        if (into.length === 0) part.resourceSpans.push({ resource, scopeSpans: into })
        into.push({ scope, spans: taken })
        from += taken.length
        room -= taken.length
        if (room > 0) continue
        yield part
        part = { resourceSpans: [] }
        into = []
        room = most
      }
    }
  }
  if (part.resourceSpans.length > 0 || part.surplusSpans !== undefined) yield part
}
