import type { MessageInput } from './messages.ts'
import type { ModelResponse, Usage } from './model-call.ts'

/** The part of OpenAI's chat completion that a trace shows; other providers' clients speak it too. */
export interface ChatCompletion {
  id?: string
  model?: string
  choices?: readonly {
    finish_reason?: string | null
    message?: { role?: string; content?: unknown; tool_calls?: unknown }
  }[]
  usage?: {
    prompt_tokens?: number
    completion_tokens?: number
    prompt_tokens_details?: { cached_tokens?: number | undefined } | undefined
    completion_tokens_details?: { reasoning_tokens?: number | undefined } | undefined
  } | null
}

export function fromChatCompletion(completion: ChatCompletion): {
  output: MessageInput[]
  usage: Usage
  response: ModelResponse
} {
  const choices = completion.choices ?? []
  const finishReasons = choices.flatMap((choice) => choice.finish_reason ?? [])
  return {
    output: choices.map((choice) => ({
      role: choice.message?.role ?? 'assistant',
      content: choice.message?.content,
      tool_calls: choice.message?.tool_calls,
      finish_reason: choice.finish_reason,
    })),
    usage: {
      input: completion.usage?.prompt_tokens,
      output: completion.usage?.completion_tokens,
      cachedInput: completion.usage?.prompt_tokens_details?.cached_tokens,
      reasoningOutput: completion.usage?.completion_tokens_details?.reasoning_tokens,
    },
    response: {
      id: completion.id,
      model: completion.model,
      finishReasons: finishReasons.length > 0 ? finishReasons : undefined,
    },
  }
}
