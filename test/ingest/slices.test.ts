import t from 'tap'
import { slices } from '../../src/ingest/slices.ts'
import type { OtlpSpan, Resource, Scope, TraceRequest } from '../../src/model/otlp.ts'

const resource = {} as Resource
const scope = {} as Scope
const spans = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: String(from + i) }) as OtlpSpan)
const names = (request: TraceRequest) =>
  request.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => span.name)),
  )

t.test('every span is in one part, in order, whatever the nesting', async (t) => {
  const request: TraceRequest = {
    resourceSpans: [
      {
        resource,
        scopeSpans: [
          { scope, spans: spans(0, 3) },
          { scope, spans: spans(3, 7) },
        ],
      },
      { resource, scopeSpans: [{ scope, spans: spans(10, 1) }] },
    ],
  }
  for (let most = 1; most <= 12; most++) {
    const parts = [...slices(request, most)]
    t.strictSame(parts.flatMap(names), names(request), `at most ${most}`)
    t.ok(parts.every((part) => names(part).length <= most && names(part).length > 0))
    t.equal(parts.length, Math.ceil(11 / most))
  }
})

t.test('the surplus is told once, even by a request without spans', async (t) => {
  const whole: TraceRequest = {
    resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spans(0, 4) }] }],
    surplusSpans: 9,
  }
  t.strictSame(
    [...slices(whole, 2)].map((part) => part.surplusSpans),
    [9, undefined],
  )
  t.strictSame([...slices({ resourceSpans: [], surplusSpans: 2 }, 5)].length, 1)
  t.strictSame([...slices({ resourceSpans: [] }, 5)], [])
})
