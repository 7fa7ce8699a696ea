import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'
import { type ArtifactInput, ArtifactList } from './artifacts.ts'
import { type ChatCompletion, fromChatCompletion } from './chat-completion.ts'
import { keys } from './keys.ts'
import { type MessageInput, toGenAiMessages } from './messages.ts'
import type { ModelResponse, Usage } from './model-call.ts'
import type { Outcome } from './run-in-span.ts'
import type { Tracing } from './tracing.ts'
import { cut, encodeValue, toJson } from './value.ts'
import { quietly } from './warnings.ts'

export interface MessageSet {
  system?: string
  input?: readonly MessageInput[]
  output?: readonly MessageInput[]
}

/** What the workflow may say about a span. Every method is safe: it never throws and never waits. */
export class RecordedSpan {
  readonly otel: Span
  protected readonly tracing: Tracing
  readonly #artifacts: ArtifactList
  #outcome: Outcome | null = null

  constructor(otel: Span, tracing: Tracing) {
    this.otel = otel
    this.tracing = tracing
    this.#artifacts = new ArtifactList(this, tracing)
  }

  /** 32 lower-case hex digits. */
  get traceId(): string {
    return this.otel.spanContext().traceId
  }

  /** 16 lower-case hex digits. */
  get spanId(): string {
    return this.otel.spanContext().spanId
  }

  get outcome(): Outcome | null {
    return this.#outcome
  }

  set(attributes: Attributes): this {
    quietly(() => this.otel.setAttributes(attributes))
    return this
  }

  event(name: string, attributes: Attributes = {}): this {
    quietly(() => this.otel.addEvent(name, attributes))
    return this
  }

  /** What went in: any value; JSON where it can be. */
  setInput(value: unknown): this {
    return this.#setValue(keys.input, keys.inputType, value)
  }

  /** What came out. */
  setOutput(value: unknown): this {
    return this.#setValue(keys.output, keys.outputType, value)
  }

  /** The conversation with a model, in OpenTelemetry's GenAI attributes. */
  setMessages(messages: MessageSet): this {
    if (messages.system !== undefined) {
      this.#setMessageList('gen_ai.system_instructions', [{ type: 'text', content: messages.system }])
    }
    if (messages.input) this.#setMessageList('gen_ai.input.messages', messages.input)
    if (messages.output) this.#setMessageList('gen_ai.output.messages', messages.output)
    return this
  }

  setUsage(usage: Usage): this {
    return this.#setKnown({
      'gen_ai.usage.input_tokens': usage.input,
      'gen_ai.usage.output_tokens': usage.output,
      'gen_ai.usage.cache_read.input_tokens': usage.cachedInput,
      'gen_ai.usage.cache_creation.input_tokens': usage.cacheWriteInput,
      'gen_ai.usage.reasoning.output_tokens': usage.reasoningOutput,
    })
  }

  /** What the provider said about its answer. */
  setResponse(response: ModelResponse): this {
    return this.#setKnown({
      'gen_ai.response.id': response.id,
      'gen_ai.response.model': response.model,
      'gen_ai.response.finish_reasons': response.finishReasons,
    })
  }

  /** Messages, usage and response of an answer in the shape of OpenAI's chat completions. */
  setChatCompletion(completion: ChatCompletion): this {
    quietly(() => {
      const { output, usage, response } = fromChatCompletion(completion)
      this.setMessages({ output }).setUsage(usage).setResponse(response)
    })
    return this
  }

  /** Money for this call in US dollars, as the provider billed it. */
  setCost(usd: number): this {
    return this.#setKnown({ [keys.cost]: usd })
  }

  /** Names something that the span produced; with `bytes` it is uploaded in the background. */
  artifact(artifact: ArtifactInput): this {
    quietly(() => this.#artifacts.add(artifact))
    return this
  }

  /** Marks the span as failed. An error that the workflow throws is marked by the runner itself. */
  fail(error: unknown): this {
    if (this.#outcome) return this
    this.#outcome = 'failed'
    quietly(() => {
      const { type, message } = describeError(error)
      this.otel.recordException(error instanceof Error ? error : message)
      this.otel.setStatus({ code: SpanStatusCode.ERROR, message: cut(message, 4_096) })
      this.otel.setAttribute('error.type', type)
    })
    return this
  }

  /** Somebody or something stopped it: not a failure. */
  cancelled(reason?: string): this {
    return this.#end('cancelled', reason)
  }

  /** It waits for a human or an event and goes on later, perhaps in another trace. */
  interrupted(reason?: string): this {
    return this.#end('interrupted', reason)
  }

  #end(outcome: 'cancelled' | 'interrupted', reason?: string): this {
    if (this.#outcome) return this
    this.#outcome = outcome
    return this.#setKnown({ [keys.status]: outcome, [keys.statusReason]: reason })
  }

  /** A value as text, under a key of its own; nothing when there is none. */
  protected setEncoded(key: string, value: unknown): this {
    quietly(() => {
      if (value === undefined) return
      this.otel.setAttribute(key, encodeValue(value, this.tracing.settings.maxValueLength).text)
    })
    return this
  }

  #setValue(key: string, typeKey: string, value: unknown): this {
    quietly(() => {
      if (value === undefined) return
      const { text, mimeType } = encodeValue(value, this.tracing.settings.maxValueLength)
      this.otel.setAttributes({ [key]: text, [typeKey]: mimeType })
    })
    return this
  }

  #setMessageList(key: string, list: readonly object[]): void {
    quietly(() => {
      const messages =
        key === 'gen_ai.system_instructions' ? list : toGenAiMessages(list as readonly MessageInput[])
      const json = toJson(messages)
      if (json !== undefined) this.otel.setAttribute(key, cut(json, this.tracing.settings.maxValueLength))
    })
  }

  #setKnown(attributes: Record<string, string | number | string[] | undefined>): this {
    quietly(() => {
      for (const [key, value] of Object.entries(attributes)) {
        if (value !== undefined && value !== null) this.otel.setAttribute(key, value)
      }
    })
    return this
  }
}

function describeError(error: unknown): { type: string; message: string } {
  if (error instanceof Error) {
    const code = (error as { code?: unknown }).code
    return { type: typeof code === 'string' ? code : error.name, message: error.message || error.name }
  }
  return { type: '_OTHER', message: typeof error === 'string' ? error : (toJson(error) ?? String(error)) }
}
