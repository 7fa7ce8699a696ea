import type { HrTime } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { text } from './content.ts'
import type { Random } from './random.ts'

const resource = resourceFromAttributes({
  'service.name': 'bench-runner',
  'service.version': '4.2.0',
  'deployment.environment.name': 'production',
  'host.name': 'runner-7f9c4',
  'process.pid': 4242,
  'telemetry.sdk.language': 'nodejs',
  'telemetry.sdk.name': 'opentelemetry',
})
const instrumentationScope = { name: 'bench-instrumentation', version: '1.0.0' }

type Attributes = ReadableSpan['attributes']

interface Place {
  traceId: string
  parentSpanId: string | null
  executionId: string
  startMs: number
}

function span(random: Random, place: Place, name: string, attributes: Attributes): ReadableSpan {
  const at = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)]
  const lasted = 1 + random.whole(4_000)
  const context = (spanId: string) => ({ traceId: place.traceId, spanId, traceFlags: 1 })
  const own = context(random.hex(8))
  return {
    name,
    kind: 0,
    spanContext: () => own,
    ...(place.parentSpanId === null ? {} : { parentSpanContext: context(place.parentSpanId) }),
    startTime: at(place.startMs),
    endTime: at(place.startMs + lasted),
    duration: at(lasted),
    ended: true,
    status: { code: random.whole(50) === 0 ? 2 : 0 },
    attributes,
    links: [],
    events: [],
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** A span of eight attributes: what an engine records for a step. */
function small(random: Random, place: Place): ReadableSpan {
  const node = random.pick(['fetch_orders', 'route', 'summarise', 'publish', 'notify'])
  return span(random, place, node, {
    'orcheo.execution.id': place.executionId,
    'orcheo.workflow.id': `wf-${random.whole(20)}`,
    'orcheo.node.id': `${node}-${random.whole(9)}`,
    'orcheo.node.kind': random.pick(['http', 'code', 'branch']),
    'http.request.method': 'POST',
    'server.address': 'api.example.com',
    'http.response.status_code': 200,
    attempt: 1 + random.whole(3),
  })
}

/** A model call with 2 to 8 KB of prompt and answer together. */
function llm(random: Random, place: Place): ReadableSpan {
  const size = 2_048 + random.whole(6_144)
  const prompt = text(random, Math.round(size * 0.7))
  const answer = text(random, Math.round(size * 0.3))
  const model = random.pick(['gpt-4.1-mini', 'claude-sonnet-4-5'])
  return span(random, place, `chat ${model}`, {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': model,
    'gen_ai.response.id': `chatcmpl-${random.hex(12)}`,
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': Math.round(prompt.length / 4),
    'gen_ai.usage.output_tokens': Math.round(answer.length / 4),
    'gen_ai.request.temperature': 0.2,
    'gen_ai.input.messages': JSON.stringify([
      { role: 'system', parts: [{ type: 'text', content: 'You help the support team of a shop.' }] },
      { role: 'user', parts: [{ type: 'text', content: prompt }] },
    ]),
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: answer }], finish_reason: 'stop' },
    ]),
  })
}

/** Spans of one trace after the other, 16 in each; `llmShare` of them are model calls. */
export function spans(random: Random, count: number, llmShare: number): ReadableSpan[] {
  const made: ReadableSpan[] = []
  let place: Place | null = null
  for (let i = 0; i < count; i++) {
    const startMs: number = Date.now() - 10_000 + i
    if (place === null || i % 16 === 0) {
      const id = random.hex(16)
      place = { traceId: id, parentSpanId: null, executionId: `run-${id.slice(0, 12)}`, startMs }
      const root = small(random, place)
      made.push(root)
      place.parentSpanId = root.spanContext().spanId
      continue
    }
    place.startMs = startMs
    made.push(random.whole(1000) < llmShare * 1000 ? llm(random, place) : small(random, place))
  }
  return made
}
