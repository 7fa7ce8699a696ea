import type { Family } from '../family.ts'
import { asText, type Field, sumOfAmounts, unquoted } from '../fields.ts'
import { conversationFrom } from '../messages/found.ts'
import { isObject, parseJson } from '../messages/json.ts'

const TYPES: Readonly<Record<string, string>> = {
  LLM: 'llm',
  CHAT_MODEL: 'llm',
  CHAIN: 'chain',
  AGENT: 'agent',
  TOOL: 'tool',
  RETRIEVER: 'retriever',
  EMBEDDING: 'embedding',
  RERANKER: 'reranker',
  WORKFLOW: 'workflow',
  TASK: 'node',
  GUARDRAIL: 'guardrail',
  PARSER: 'internal',
  MEMORY: 'internal',
  EVALUATOR: 'internal',
}

/** Ids that people set on a span of MLflow's under other conventions' keys: quoted as everything is. */
const IDS: readonly Field[] = [
  'executionId',
  'executionCopy',
  'workflowId',
  'workflowCopy',
  'workflowName',
  'threadId',
  'userId',
  'nodeId',
  'nodeName',
]

/** MLflow: every value is a JSON text, texts included (`"\"LLM\""`). */
export const mlflow: Family = {
  name: 'mlflow',
  verified: true,
  fields: {
    kind: [{ key: 'mlflow.spanType', read: (value) => TYPES[asText(value)?.toUpperCase() ?? ''] ?? null }],
    model: ['mlflow.llm.model'],
    provider: ['mlflow.llm.provider'],
  },
  quoted: ['mlflow.'],
  json: {
    'mlflow.chat.tokenUsage': {
      input_tokens: 'inputTokens',
      output_tokens: 'outputTokens',
      total_tokens: 'totalTokens',
      cache_read_input_tokens: 'cachedInput',
      cache_creation_input_tokens: 'cacheWriteInput',
    },
    'mlflow.llm.cost': { total_cost: 'cost' },
  },
  interpret(reading, span) {
    for (const field of IDS) reading.amend(field, (id) => asText(unquoted(id)))
    const given = span.attributes.get('mlflow.llm.cost')
    const cost = reading.text('cost') === null && typeof given === 'string' ? parseJson(given) : null
    if (isObject(cost)) reading.suggest('cost', sumOfAmounts([cost.input_cost, cost.output_cost]))
  },
  content: ['mlflow.spanInputs', 'mlflow.spanOutputs', 'mlflow.chat.tools', 'mlflow.chat.messages'],
  messages: [
    {
      stage: 'value',
      read: (source, side) => {
        const value = source.json(side === 'input' ? 'mlflow.spanInputs' : 'mlflow.spanOutputs')
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
  ],
}
