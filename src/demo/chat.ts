import type OpenAI from 'openai'
import type { WorkflowSpan } from '../runner/index.ts'

type Params = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming

/** What every step of a sample workflow may use. */
export interface Surroundings {
  openai: OpenAI
  /** Base URL of the ticket API. */
  tickets: string
  /** `fetch` with trace context. */
  fetch: typeof fetch
  /** Ends everything early. */
  signal: AbortSignal
  /** Scales every pause: 1 = lifelike, 0 = none. */
  pace: number
}

/** One call of the model through the real client library, recorded as an LLM span. */
export function chat(
  parent: WorkflowSpan,
  { openai, signal }: Surroundings,
  params: Params,
): Promise<OpenAI.Chat.ChatCompletionMessage> {
  const [first, ...rest] = params.messages
  const system = first?.role === 'system' && typeof first.content === 'string' ? first.content : undefined
  const call = {
    model: params.model,
    provider: 'openai',
    messages: (system === undefined ? params.messages : rest) as { role: string; content?: unknown }[],
    ...(system === undefined ? {} : { system }),
    parameters: { temperature: params.temperature ?? 1, max_tokens: params.max_tokens ?? 1_024 },
  }
  return parent.llm(call, async (span) => {
    if (params.tools) span.set({ 'gen_ai.tool.definitions': JSON.stringify(params.tools) })
    const completion = await openai.chat.completions.create(params, { signal }).catch((error: unknown) => {
      // the client's own error for it does not say that it was us
      signal.throwIfAborted()
      throw error
    })
    span.setChatCompletion(completion)
    const message = completion.choices[0]?.message
    if (!message) throw new Error('the model gave no answer')
    return message
  })
}

/** GET or POST of the ticket API; an answer of 400 and above is an error of the workflow. */
export async function callApi<T>(
  { fetch, tickets, signal }: Surroundings,
  path: string,
  body?: unknown,
): Promise<T> {
  const init =
    body === undefined
      ? { signal }
      : {
          signal,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }
  const response = await fetch(`${tickets}${path}`, init)
  const answer = (await response.json()) as T
  if (response.ok) return answer
  const where = new URL(response.url).pathname
  throw new DownstreamError(
    response.status,
    `${where} answered ${response.status}: ${JSON.stringify(answer)}`,
  )
}

/** The ticket API refused or failed. */
class DownstreamError extends Error {
  override readonly name = 'DownstreamError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
