import { type Attributes, type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api'
import { keys, operations, type SpanKindName } from './keys.ts'
import type { MessageInput } from './messages.ts'
import { RecordedSpan } from './recorded-span.ts'
import { runInSpan } from './run-in-span.ts'
import type { Identity, Tracing } from './tracing.ts'

/** The node of the workflow graph that a span stands for. */
export interface NodeOptions {
  id: string
  name?: string
  /** The engine's own word: `http`, `agent`, `code` … */
  kind?: string
}

export interface SpanOptions {
  name?: string
  input?: unknown
  attributes?: Attributes
  /** When the span is a node of the graph itself. */
  node?: NodeOptions
}

export interface LlmOptions extends SpanOptions {
  model: string
  /** `openai`, `anthropic`, `aws.bedrock` …: the values of `gen_ai.provider.name`. */
  provider: string
  messages?: readonly MessageInput[]
  system?: string
  /** Temperature, limits …: become `gen_ai.request.*`. */
  parameters?: Record<string, string | number | boolean | string[]>
}

export interface ToolOptions extends SpanOptions {
  name: string
  callId?: string
  description?: string
  arguments?: unknown
}

export interface RetrieverOptions extends SpanOptions {
  query?: string
  /** `gen_ai.data_source.id`. */
  source?: string
}

export type Work<T> = (span: WorkflowSpan) => T | Promise<T>

/**
 * A span of a workflow, which opens spans below itself. The parent is the span that the calling code runs in
 * (AsyncLocalStorage), so nesting follows the calls; outside of any, it is this one.
 */
export class WorkflowSpan extends RecordedSpan {
  readonly #identity: Identity
  readonly #context: Context

  constructor(otel: Span, tracing: Tracing, parent: Context, identity: Identity) {
    super(otel, tracing)
    this.#identity = identity
    this.#context = tracing.withSpan(trace.setSpan(parent, otel), this, identity)
  }

  get executionId(): string {
    return this.#identity.executionId
  }

  get workflowId(): string {
    return this.#identity.workflowId
  }

  /** The OpenTelemetry context in which this span is the active one. */
  get context(): Context {
    return this.#context
  }

  /** A node of the workflow graph. */
  node<T>(options: NodeOptions & { input?: unknown; attributes?: Attributes }, work: Work<T>): Promise<T> {
    const { id, name, kind, ...rest } = options
    return this.open('node', name ?? id, { ...rest, node: definedNode(id, name, kind) }, {}, work)
  }

  /** One call of a model; `setChatCompletion`, or `setMessages` and `setUsage`, record its answer. */
  llm<T>(options: LlmOptions, work: Work<T>): Promise<T> {
    const attributes: Attributes = modelAttributes(options)
    for (const [key, value] of Object.entries(options.parameters ?? {}))
      attributes[`gen_ai.request.${key}`] = value
    return this.open('llm', options.name ?? `chat ${options.model}`, options, attributes, (span) => {
      span.setMessages({
        ...(options.system === undefined ? {} : { system: options.system }),
        ...(options.messages === undefined ? {} : { input: options.messages }),
      })
      return work(span)
    })
  }

  embedding<T>(options: LlmOptions, work: Work<T>): Promise<T> {
    return this.open(
      'embedding',
      options.name ?? `embeddings ${options.model}`,
      options,
      modelAttributes(options),
      work,
    )
  }

  tool<T>(options: ToolOptions, work: Work<T>): Promise<T> {
    const attributes: Attributes = { 'gen_ai.tool.name': options.name }
    if (options.callId !== undefined) attributes['gen_ai.tool.call.id'] = options.callId
    if (options.description !== undefined) attributes['gen_ai.tool.description'] = options.description
    return this.open('tool', `execute_tool ${options.name}`, options, attributes, async (span) => {
      span.setToolCall({ arguments: options.arguments })
      const result = await work(span)
      span.setToolCall({ result })
      return result
    })
  }

  retriever<T>(options: RetrieverOptions, work: Work<T>): Promise<T> {
    const attributes: Attributes = {}
    if (options.query !== undefined) attributes['gen_ai.retrieval.query.text'] = options.query
    if (options.source !== undefined) attributes['gen_ai.data_source.id'] = options.source
    return this.open(
      'retriever',
      options.name ?? `retrieval ${options.source ?? ''}`.trim(),
      options,
      attributes,
      work,
    )
  }

  agent<T>(options: SpanOptions & { name: string }, work: Work<T>): Promise<T> {
    const attributes = { 'gen_ai.agent.name': options.name }
    return this.open('agent', `invoke_agent ${options.name}`, options, attributes, work)
  }

  /** Any other step. */
  span<T>(options: SpanOptions & { name: string; kind?: SpanKindName }, work: Work<T>): Promise<T> {
    return this.open(options.kind ?? 'internal', options.name, options, {}, work)
  }

  /** Arguments and result of a tool, as JSON. */
  setToolCall(call: { arguments?: unknown; result?: unknown }): this {
    return this.setEncoded('gen_ai.tool.call.arguments', call.arguments).setEncoded(
      'gen_ai.tool.call.result',
      call.result,
    )
  }

  protected open<T>(
    kind: SpanKindName,
    name: string,
    options: SpanOptions,
    extra: Attributes,
    work: Work<T>,
  ): Promise<T> {
    const active = this.tracing.activeSpan()
    const isOurs = active instanceof WorkflowSpan && active.executionId === this.executionId
    const parent = isOurs ? context.active() : this.#context
    return runInSpan(
      () => {
        const operation = operations[kind]
        const remote = kind === 'llm' || kind === 'embedding'
        const otel = this.tracing.tracer.startSpan(
          name,
          {
            kind: remote ? SpanKind.CLIENT : SpanKind.INTERNAL,
            attributes: {
              [keys.executionId]: this.executionId,
              [keys.workflowId]: this.workflowId,
              [keys.spanKind]: kind,
              ...(operation ? { 'gen_ai.operation.name': operation } : {}),
              ...nodeAttributes(options.node),
              ...extra,
              ...options.attributes,
            },
          },
          parent,
        )
        return new WorkflowSpan(otel, this.tracing, parent, this.#identity).setInput(options.input)
      },
      this,
      work,
    )
  }
}

function modelAttributes(options: LlmOptions): Attributes {
  return { 'gen_ai.provider.name': options.provider, 'gen_ai.request.model': options.model }
}

function definedNode(id: string, name?: string, kind?: string): NodeOptions {
  return { id, ...(name === undefined ? {} : { name }), ...(kind === undefined ? {} : { kind }) }
}

function nodeAttributes(node: NodeOptions | undefined): Attributes {
  if (!node) return {}
  return {
    [keys.nodeId]: node.id,
    [keys.nodeName]: node.name ?? node.id,
    ...(node.kind === undefined ? {} : { [keys.nodeKind]: node.kind }),
  }
}
