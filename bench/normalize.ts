import { readFileSync } from 'node:fs'
import type { OtlpSpan, TraceRequest } from '../src/model/otlp.ts'
import { normalizeRequest } from '../src/normalize/index.ts'
import { decodeTraceRequest } from '../src/otlp/index.ts'

/** What one kind of span costs. */
export interface NormalizeCost {
  name: string
  /** Attributes of a span, on average. */
  attributes: number
  /** Microseconds per span: the best of the rounds. */
  microseconds: number
}

const fixtures = new URL('../test/fixtures/otlp/', import.meta.url)

/** Spans of a fixture that match, repeated to `SPANS`. */
const SPANS = 200
/** Many and short: the best one met no other process. */
const ROUNDS = 150

const CASES: readonly (readonly [string, string, (span: OtlpSpan) => boolean])[] = [
  ['Orcheo node', 'orcheo-1.json', () => true],
  ['HTTP client', 'opentelemetry-instrumentation-http.json', ({ kind }) => kind === 3],
  ['GenAI call', 'ai.json', ({ name }) => name.startsWith('chat')],
  ['Vercel legacy call', 'ai-v5.json', ({ name }) => name.endsWith('doGenerate')],
  [
    'OpenInference call',
    'arizeai-openinference-instrumentation-openai.json',
    ({ name }) => name.endsWith('Completions'),
  ],
  ['LangGraph node', 'arizeai-openinference-instrumentation-langchain.json', ({ name }) => name === 'agent'],
]

/** Measures normalizing alone: no decoding, no redaction, no store. */
export function benchNormalize(): NormalizeCost[] {
  return CASES.map(([name, fixture, matches]) => {
    const request = onlyMatching(
      decodeTraceRequest(readFileSync(new URL(fixture, fixtures)), 'json'),
      matches,
    )
    const spans = request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    const attributes = spans.reduce((sum, span) => sum + span.attributes.size, 0) / spans.length
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < ROUNDS; round++) {
      const start = process.hrtime.bigint()
      const { spans } = normalizeRequest(request)
      best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / spans.length)
    }
    return { name, attributes: Math.round(attributes), microseconds: Math.round(best * 100) / 100 }
  })
}

function onlyMatching(request: TraceRequest, matches: (span: OtlpSpan) => boolean): TraceRequest {
  return {
    resourceSpans: request.resourceSpans.map(({ resource, scopeSpans }) => ({
      resource,
      scopeSpans: scopeSpans.map(({ scope, spans }) => {
        const kept = spans.filter(matches)
        const repeated =
          kept.length === 0 ? [] : Array.from({ length: SPANS }, (_, i) => kept[i % kept.length])
        return { scope, spans: repeated as OtlpSpan[] }
      }),
    })),
  }
}
