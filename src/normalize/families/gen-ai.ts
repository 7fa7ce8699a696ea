import type { AttributeValue } from '../../model/attributes.ts'
import type { Family } from '../family.ts'
import { eventMessages, operationDetails, promptEvents } from '../messages/events.ts'
import { conversationFrom, spokenBy, toolOutcome } from '../messages/found.ts'
import { indexedMessages } from '../messages/indexed.ts'

/** `gen_ai.operation.name`: the standard's values, then those seen in the wild. */
const OPERATIONS: Readonly<Record<string, string>> = {
  chat: 'llm',
  text_completion: 'llm',
  // Semantic Kernel
  'chat.completions': 'llm',
  'text.completions': 'llm',
  generate_content: 'llm',
  embeddings: 'embedding',
  retrieval: 'retriever',
  search_memory: 'retriever',
  execute_tool: 'tool',
  create_agent: 'agent',
  invoke_agent: 'agent',
  plan: 'agent',
  invoke_workflow: 'workflow',
  completion: 'llm',
  generate: 'llm',
  llm_request: 'llm',
  embedding: 'embedding',
  agent_step: 'internal',
  rerank: 'reranker',
  execute_task: 'node',
  task: 'node',
  vector_db_retrieve: 'retriever',
  'guardrail.run': 'guardrail',
  guard: 'guardrail',
  chain: 'chain',
  workflow: 'workflow',
}

/** OpenTelemetry GenAI, all generations: ≤1.26 prompt/completion, events, logs, 1.37+ messages. */
export const genAi: Family = {
  name: 'gen-ai',
  verified: true,
  fields: {
    kind: [{ key: 'gen_ai.operation.name', map: OPERATIONS }],
    kindHint: [
      { key: 'gen_ai.tool.name', is: 'tool' },
      { key: 'gen_ai.tool.call.id', is: 'tool' },
      { key: 'gen_ai.retrieval.documents', is: 'retriever' },
      { key: 'gen_ai.retrieval.query.text', is: 'retriever' },
    ],
    workflowName: ['gen_ai.workflow.name'],
    threadId: ['gen_ai.conversation.id'],
    userId: ['gen_ai.user.id', 'gen_ai.user'],
    model: ['gen_ai.response.model'],
    requestedModel: ['gen_ai.request.model'],
    provider: ['gen_ai.provider.name', 'gen_ai.system'],
    responseId: ['gen_ai.response.id'],
    finishReason: ['gen_ai.response.finish_reasons', 'gen_ai.response.finish_reason'],
    inputTokens: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
    outputTokens: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
    totalTokens: ['gen_ai.usage.total_tokens', 'llm.usage.total_tokens'],
    cachedInput: [
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.details.cache_read_tokens',
      'gen_ai.usage.details.cached_tokens',
      'gen_ai.usage.cached_tokens',
    ],
    cacheWriteInput: [
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.details.cache_write_tokens',
    ],
    reasoningOutput: [
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.details.reasoning_tokens',
    ],
    aggregated: [{ key: 'gen_ai.operation.name', map: { agent_step: 'step' } }],
    cost: ['gen_ai.usage.cost'],
    title: ['gen_ai.tool.name'],
  },
  content: [
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.system_instructions',
    'gen_ai.tool.definitions',
    'gen_ai.tool.call.arguments',
    'gen_ai.tool.call.result',
    'gen_ai.retrieval.query.text',
    'gen_ai.retrieval.documents',
    'gen_ai.memory.query.text',
    'gen_ai.memory.records',
    'gen_ai.evaluation.explanation',
    'gen_ai.prompt',
    'gen_ai.prompt.*',
    'gen_ai.completion',
    'gen_ai.completion.*',
    // Strands' first versions
    'system_prompt',
  ],
  structure: ['gen_ai.prompt.name', 'gen_ai.prompt.version', 'gen_ai.prompt.id'],
  messages: [
    {
      stage: 'structured',
      read: (source, side) => {
        const value = source.json(side === 'input' ? 'gen_ai.input.messages' : 'gen_ai.output.messages')
        if (value === undefined) return undefined
        const instructions = side === 'input' ? source.json('gen_ai.system_instructions') : undefined
        return conversationFrom(value, side, instructions)
      },
    },
    {
      stage: 'structured',
      read: (source, side) =>
        toolOutcome(source.json(`gen_ai.tool.call.${side === 'input' ? 'arguments' : 'result'}`)),
    },
    {
      stage: 'structured',
      read: (source, side) =>
        toolOutcome(source.json(`gen_ai.retrieval.${side === 'input' ? 'query.text' : 'documents'}`)),
    },
    {
      stage: 'structured',
      read: (source, side) =>
        toolOutcome(source.json(`gen_ai.memory.${side === 'input' ? 'query.text' : 'records'}`)),
    },
    { stage: 'structured', read: operationDetails },
    {
      stage: 'indexed',
      read: (source, side) =>
        indexedMessages(source, side === 'input' ? 'gen_ai.prompt.' : 'gen_ai.completion.', side),
    },
    { stage: 'events', read: eventMessages },
    { stage: 'events', read: promptEvents },
    {
      stage: 'prompt',
      read: (source, side) => {
        const value = source.json(side === 'input' ? 'gen_ai.prompt' : 'gen_ai.completion')
        return value === undefined
          ? undefined
          : spokenBy(side === 'input' ? 'user' : 'assistant', value, side)
      },
    },
    {
      // Instructions alone: the messages themselves were not captured.
      stage: 'preview',
      read: (source, side) => {
        const value = side === 'input' ? source.json('gen_ai.system_instructions') : undefined
        return value === undefined ? undefined : conversationFrom([], side, value)
      },
    },
  ],
  title: agentTitle,
}

function agentTitle(get: (key: string) => AttributeValue | undefined): string | null {
  const agent = get('gen_ai.agent.name')
  return get('gen_ai.operation.name') === 'invoke_agent' && typeof agent === 'string' ? agent : null
}
