import { ANSWER, QUESTION, SYSTEM } from './sample-content.ts'

type Values = Record<string, string | number>

/** A span as OTLP JSON; times in milliseconds after the start of the run, `to: null` = it runs. */
export interface SentSpan {
  id: number
  parent: number
  name: string
  from: number
  to: number | null
  values: Values
  events?: { name: string; at: number; values: Values }[]
  failed?: boolean
}

/** An execution whose spans are sent in as many requests as a test wants. */
export interface Run {
  execution: string
  /** One hexadecimal digit, of which its ids are made. */
  digit: string
  startMs: number
}

export const spanIdOf = (run: Run, id: number): string => run.digit.repeat(14) + String(id).padStart(2, '0')

const message = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] })

/** The attributes of a model call with its messages. */
export const modelCall = (said: { system?: string; user: string; answer: string }): Values => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o-mini',
  'gen_ai.response.finish_reasons': '["stop"]',
  'gen_ai.usage.input_tokens': 812,
  'gen_ai.usage.output_tokens': 96,
  'gen_ai.input.messages': JSON.stringify([
    message('system', said.system ?? SYSTEM),
    message('user', said.user),
  ]),
  'gen_ai.output.messages': JSON.stringify([message('assistant', said.answer)]),
})

/** The spans of a small run: a workflow, a node, and a model call. */
export function smallRun(run: Run, said: { user?: string; answer?: string } = {}): SentSpan[] {
  const workflow = {
    'workflow.execution.id': run.execution,
    'workflow.id': 'support',
    'workflow.span.kind': 'workflow',
  }
  const node = { 'workflow.node.id': 'answer', 'workflow.span.kind': 'node' }
  const call = modelCall({ user: said.user ?? QUESTION, answer: said.answer ?? ANSWER })
  return [
    { id: 1, parent: 0, name: 'support', from: 0, to: 4_200, values: workflow },
    { id: 2, parent: 1, name: 'answer', from: 20, to: 4_100, values: node },
    { id: 3, parent: 2, name: 'chat gpt-4o-mini', from: 60, to: 4_000, values: call },
  ]
}

/** The body of an export of these spans. */
export function otlpBody(run: Run, spans: SentSpan[]): string {
  const ns = (ms: number) => `${run.startMs + ms}000000`
  const attributes = (values: Values) =>
    Object.entries(values).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
    }))
  const sent = spans.map((span) => ({
    traceId: run.digit.repeat(32),
    spanId: spanIdOf(run, span.id),
    ...(span.parent > 0 ? { parentSpanId: spanIdOf(run, span.parent) } : {}),
    name: span.name,
    kind: 1,
    startTimeUnixNano: ns(span.from),
    endTimeUnixNano: span.to === null ? '0' : ns(span.to),
    attributes: attributes(span.values),
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      timeUnixNano: ns(event.at),
      attributes: attributes(event.values),
    })),
    status: { code: span.to === null ? 0 : span.failed ? 2 : 1 },
  }))
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: { name: 'tab' }, spans: sent }] }],
  })
}
