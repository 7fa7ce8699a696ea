import type { Skeleton, SpanDetail, Summary } from '../../src/http/schemas/trace.ts'
import { contentOf } from './sample-content.ts'

type Columns = Skeleton['columns']
type Kind = Columns['kind'][number]
type State = Columns['state'][number]

/** A span of a generated trace. Times are milliseconds from the start of the execution. */
export interface SampleSpan {
  id: string
  parent: string | null
  depth: number
  name: string
  kind: Kind
  state: State
  start: number
  /** null = running. */
  duration: number | null
  model: string | null
  input: number | null
  output: number | null
  cost: string | null
  artifacts: number
  notices: string[] | null
  missing: string | null
  sub: string | null
  /** What is asked and answered; otherwise a support case. */
  said?: string
}

export interface SampleOptions {
  id: string
  workflow: string
  spans: number
  startedAt: number
  status: Summary['status']
  /** Two spans whose parents have not come. */
  orphans?: boolean
  /** How many different nodes the workflow has; 4 otherwise. */
  nodes?: number
  seed: number
}

export interface Sample extends SampleOptions {
  list: SampleSpan[]
  duration: number | null
}

export const MODEL = 'gpt-4.1-mini'
const MODELS = [MODEL, 'claude-sonnet-4-5', MODEL]

/** An execution of a support workflow in depth-first order: the same for the same options. */
export function makeSample(options: SampleOptions): Sample {
  const list: SampleSpan[] = []
  let seed = options.seed
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed / 2147483648
  }
  const add = (
    span: Partial<SampleSpan> & Pick<SampleSpan, 'name' | 'kind' | 'start' | 'duration' | 'depth'>,
  ) => {
    const full: SampleSpan = {
      id: (options.seed * 0x100000 + list.length + 1).toString(16).padStart(16, '0'),
      parent: null,
      state: span.duration === null ? 'running' : 'ok',
      model: null,
      input: null,
      output: null,
      cost: null,
      artifacts: 0,
      notices: null,
      missing: null,
      sub: null,
      ...span,
    }
    list.push(full)
    return full
  }
  const running = options.status === 'running'
  const failing = options.status === 'failed'
  const root = add({ name: 'support-triage', kind: 'workflow', depth: 0, start: 0, duration: 0 })
  let at = 12
  let round = 0
  while (list.length < options.spans) {
    const names = ['classify', 'answer', 'review', 'publish']
    const step = options.nodes === undefined ? '' : ` ${Math.floor(round / 4) % (options.nodes / 4)}`
    const name = `${names[round % names.length]}${step}`
    const node = add({ name, kind: 'node', depth: 1, parent: root.id, start: at, duration: 0 })
    at += 3 + random() * 10
    const turns = name === 'answer' ? 3 : 1
    for (let turn = 0; turn < turns && list.length < options.spans; turn++) {
      const model = MODELS[(round + turn) % MODELS.length] ?? MODEL
      const input = Math.round(400 + random() * 1800 + turn * 620)
      const output = Math.round(40 + random() * 420)
      const time = 380 + random() * 2200
      add({
        name: `chat ${model}`,
        kind: 'llm',
        depth: 2,
        parent: node.id,
        start: at,
        duration: time,
        model,
        input,
        output,
        cost: ((input * 0.4 + output * 1.6) / 1e6).toFixed(6),
        notices: turn === 0 ? ['redacted'] : null,
      })
      at += time + 4
      if (list.length >= options.spans || turn === turns - 1) break
      const tool = turn === 0 ? 'search_orders' : 'get_shipment'
      const call = 90 + random() * 500
      const toolSpan = add({ name: tool, kind: 'tool', depth: 2, parent: node.id, start: at, duration: call })
      if (list.length < options.spans) {
        add({
          name: 'GET',
          kind: 'downstream',
          depth: 3,
          parent: toolSpan.id,
          start: at + 6,
          duration: call - 14,
        })
      }
      at += call + 5
    }
    if (name === 'review' && list.length < options.spans) {
      add({ name: 'policy check', kind: 'guardrail', depth: 2, parent: node.id, start: at, duration: 22 })
      at += 24
    }
    if (name === 'classify' && list.length + 1 < options.spans) {
      add({
        name: 'similar tickets',
        kind: 'retriever',
        depth: 2,
        parent: node.id,
        start: at,
        duration: 71,
      })
      at += 75
    }
    node.duration = at - node.start
    if (name === 'publish') {
      node.artifacts = 1
      if (failing && round < 4) {
        node.state = 'error'
      }
    }
    round += 1
    at += 6
  }
  root.duration = at
  if (failing) root.state = 'error'
  if (running) {
    root.duration = null
    root.state = 'running'
    const last = list.filter((span) => span.depth === 1).at(-1)
    if (last) Object.assign(last, { duration: null, state: 'running' })
  }
  if (options.orphans) {
    for (const n of [1, 2]) {
      add({
        name: `late callback ${n}`,
        kind: 'internal',
        depth: 0,
        start: at * 0.6,
        duration: 40,
        missing: 'beefbeefbeefbeef',
      })
    }
    add({
      name: 'escalate',
      kind: 'workflow',
      depth: 1,
      parent: list.at(-1)?.id ?? null,
      start: at * 0.7,
      duration: 30,
      sub: 'exec-other',
    })
  }
  return { ...options, list, duration: running ? null : at }
}

/** Descendants of each span, from the depths. */
function descendants(list: SampleSpan[]): number[] {
  const counts = new Array<number>(list.length).fill(0)
  const open: number[] = []
  list.forEach((span, i) => {
    open.length = span.depth
    for (const at of open) counts[at] = (counts[at] ?? 0) + 1
    open.push(i)
  })
  return counts
}

/** One page of the skeleton, as the service gives it. */
export function skeletonPage(sample: Sample, from: number, limit: number): Skeleton {
  const counts = descendants(sample.list)
  const slice = sample.list.slice(from, from + limit)
  const column = <T>(read: (span: SampleSpan, i: number) => T) => slice.map((span, i) => read(span, from + i))
  const end = from + slice.length
  return {
    execution: {
      execution_id: sample.id,
      workflow_id: sample.workflow,
      status: sample.status,
      thread_id: 'thread-77',
      started_at: iso(sample.startedAt),
      finished_at: sample.duration === null ? null : iso(sample.startedAt + sample.duration),
      duration_ms: sample.duration,
      trace_ids: [traceId(sample)],
      complete: !sample.orphans,
      tree_version: String(sample.list.length),
      stream_from: '',
    },
    total: sample.list.length,
    columns: {
      span_id: column((s) => s.id),
      parent_span_id: column((s) => s.missing ?? s.parent),
      trace: column(() => 0),
      depth: column((s) => s.depth),
      descendants: column((_, i) => counts[i] ?? 0),
      name: column((s) => s.name),
      title: column((s) => (s.kind === 'downstream' ? 'GET orders.internal/v1/orders' : null)),
      kind: column((s) => s.kind),
      state: column((s) => s.state),
      offset_ms: column((s) => s.start),
      duration_ms: column((s) => s.duration),
      node_id: column((s) => (s.kind === 'node' ? s.name : null)),
      counted: column((s) => s.kind === 'llm'),
      model: column((s) => s.model),
      input_tokens: column((s) => s.input),
      output_tokens: column((s) => s.output),
      cost: column((s) => s.cost),
      artifacts: column((s) => s.artifacts),
      notices: column((s) => s.notices),
      event_count: column(() => 1),
      missing_parent: column((s) => s.missing),
      sub_execution: column((s) => s.sub),
    },
    page_info: {
      has_next_page: end < sample.list.length,
      cursor: end < sample.list.length ? String(end) : null,
    },
  }
}

export function traceId(sample: Sample): string {
  return sample.seed.toString(16).padStart(32, 'a')
}

export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z')
}

const TOOLS = ['search_orders', 'get_shipment'].map((name) => ({
  type: 'function',
  name,
  description: 'Looks up an order of the customer',
  parameters: { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] },
}))

/** The content of one span, with what a viewer must cope with: tools, reasoning, redaction, hostile text. */
export function spanDetail(sample: Sample, span: SampleSpan): SpanDetail {
  const llm = span.kind === 'llm'
  const start = sample.startedAt + span.start
  return {
    span_id: span.id,
    parent_span_id: span.missing ?? span.parent,
    name: span.name,
    start_time: iso(start),
    end_time: span.duration === null ? null : iso(start + span.duration),
    tools: llm ? TOOLS : [],
    attributes: {
      'gen_ai.operation.name': llm ? 'chat' : 'execute_tool',
      'gen_ai.request.temperature': 0.2,
      'orcheo.node.id': span.name,
      __proto__marker: 'an ordinary key',
      'app.nested': { region: 'eu-north-1', retries: 0, flags: ['express', 'priority'] },
    },
    events: [{ name: 'gen_ai.first_token', time: iso(start + 210), attributes: { 'stream.chunk': 1 } }],
    status: { code: span.state === 'error' ? 'ERROR' : 'OK', message: null },
    links: [],
    kind: span.kind,
    state: span.state,
    duration_ms: span.duration,
    execution_id: sample.id,
    node_id: span.kind === 'node' ? span.name : null,
    node_name: null,
    model: span.model,
    provider: llm ? (span.model?.startsWith('claude') ? 'anthropic' : 'openai') : null,
    tokens: {
      input: span.input,
      output: span.output,
      total: span.input === null ? null : span.input + (span.output ?? 0),
      cached_input: llm ? Math.round((span.input ?? 0) * 0.6) : null,
      cache_write_input: null,
      reasoning_output: llm ? 38 : null,
    },
    cost: { amount: span.cost, currency: 'USD', source: span.cost ? 'estimated' : null, unknown_calls: 0 },
    artifacts: span.artifacts ? [artifact(span.id)] : [],
    notices: span.notices
      ? [{ code: 'redacted', message: 'A phone number was removed from the input', count: 1 }]
      : [],
    trace_id: traceId(sample),
    token_sources: {
      input: null,
      output: null,
      total: null,
      cached_input: null,
      cache_write_input: null,
      reasoning_output: null,
    },
    otel_kind: 'internal',
    node_kind: null,
    finish_reason: llm ? 'stop' : null,
    error:
      span.state === 'error'
        ? {
            type: 'HttpError',
            message: 'POST https://cms.internal/articles answered 409: the article was changed meanwhile',
            stack: 'HttpError: 409\n    at publish (publish.ts:41:11)\n    at run (workflow.ts:88:5)',
          }
        : null,
    ...contentOf(span),
    resource: {
      attributes: { 'service.name': 'support-runner', 'service.version': '2.4.1' },
      schema_url: '',
    },
    scope: { name: 'workflow-trace/runner', version: '0.1.0', attributes: {}, schema_url: '' },
    may_reveal: true,
    dashboards: [],
  }
}

export function artifact(span: string): SpanDetail['artifacts'][number] {
  return {
    id: `reply-${span.slice(-4)}`,
    name: 'reply.pdf',
    media_type: 'application/pdf',
    size: 48_213,
    sha256: null,
    span_id: span,
    download_id: `art-${span}`,
    state: 'stored',
  }
}
