import type { Message } from '../../model/message.ts'
import type { Family, Found, Side } from '../family.ts'
import { recordMessages } from '../messages/events.ts'
import { conversationFrom, spokenBy, toolOutcome } from '../messages/found.ts'
import { isObject } from '../messages/json.ts'
import type { ContentLog, MessageSource } from '../messages/source.ts'

/** Pydantic AI and Logfire, formats v1 to v6. */
export const pydanticAi: Family = {
  name: 'pydantic-ai',
  verified: true,
  scopes: ['pydantic-ai'],
  fields: {
    kind: [
      { key: 'all_messages_events', is: 'agent' },
      { key: 'pydantic_ai.all_messages', is: 'agent' },
    ],
    kindHint: [
      { key: 'tool_arguments', is: 'tool' },
      { key: 'agent_name', is: 'agent' },
    ],
    requestedModel: ['model_name'],
    cost: ['operation.cost'],
    aggregated: ['gen_ai.aggregated_usage.input_tokens', 'gen_ai.aggregated_usage.output_tokens'],
    inputTokens: ['gen_ai.aggregated_usage.input_tokens'],
    outputTokens: ['gen_ai.aggregated_usage.output_tokens'],
    cachedInput: ['gen_ai.aggregated_usage.cache_read.input_tokens'],
    cacheWriteInput: [
      'gen_ai.aggregated_usage.cache_write.input_tokens',
      'gen_ai.aggregated_usage.cache_creation.input_tokens',
    ],
    reasoningOutput: ['gen_ai.aggregated_usage.details.reasoning_tokens'],
    title: ['gen_ai.tool.name', 'logfire.msg'],
  },
  spanNames: { 'running tools': { kind: 'internal' }, 'agent run': { kind: 'agent' } },
  content: [
    'events',
    'all_messages_events',
    'pydantic_ai.all_messages',
    'pydantic_ai.new_message_index',
    'final_result',
    'tool_arguments',
    'tool_response',
    'model_request_parameters',
  ],
  messages: [
    {
      stage: 'structured',
      read: (source, side) => {
        const all = source.json('pydantic_ai.all_messages')
        return all === undefined ? undefined : history(all, source, side)
      },
    },
    { stage: 'events', read: eventList },
    {
      stage: 'value',
      read: (source, side) => toolOutcome(source.json(side === 'input' ? 'tool_arguments' : 'tool_response')),
    },
    {
      stage: 'value',
      read: (source, side) => {
        const result = side === 'output' ? source.json('final_result') : undefined
        return result === undefined ? undefined : spokenBy('assistant', result, side)
      },
    },
  ],
}

/** An agent's whole history: the last answer is the output, what came before it the input. */
function history(all: unknown, source: MessageSource, side: Side): Found {
  const instructions = side === 'input' ? source.json('gen_ai.system_instructions') : undefined
  const { messages } = conversationFrom(all, 'input', instructions)
  return halves(messages, side, side === 'output' ? source.json('final_result') : all)
}

function halves(messages: readonly Message[], side: Side, value: unknown): Found {
  const last = messages.at(-1)
  const end = last?.role === 'assistant' ? messages.length - 1 : messages.length
  return {
    messages: side === 'input' ? messages.slice(0, end) : messages.slice(end),
    ...(value === undefined ? {} : { value }),
  }
}

/** v1: a JSON list of OpenTelemetry event bodies, each with its `event.name`. */
function eventList(source: MessageSource, side: Side): Found | undefined {
  const own = source.json('events')
  const whole = source.json('all_messages_events')
  const list = Array.isArray(own) ? own : whole
  if (!Array.isArray(list)) return undefined
  const records: ContentLog[] = list.filter(isObject).map((body) => ({
    name: typeof body['event.name'] === 'string' ? body['event.name'] : `gen_ai.${body.role}.message`,
    attributes: new Map(),
    body: JSON.stringify(body),
  }))
  if (list === own) {
    const messages = recordMessages(records, side)
    return messages.length > 0 ? { messages } : undefined
  }
  return halves(recordMessages(records, 'input'), side, undefined)
}
