import type { Family } from '../family.ts'

/** Providers under whose name `raw_gen_ai_request` repeats the request and the answer. */
const PROVIDERS = [
  'anthropic',
  'azure',
  'azure_ai',
  'bedrock',
  'cohere',
  'deepseek',
  'gemini',
  'groq',
  'mistral',
  'ollama',
  'openai',
  'openrouter',
  'together_ai',
  'vertex_ai',
  'xai',
]

/** LiteLLM's own OpenTelemetry callback: GenAI's keys, and what it knows of costs and of the raw request. */
export const litellm: Family = {
  name: 'litellm',
  verified: true,
  scopes: ['litellm'],
  fields: {
    userId: ['llm.user'],
    cost: ['gen_ai.cost.total_cost'],
  },
  spanNames: { raw_gen_ai_request: { kind: 'internal' } },
  content: PROVIDERS.map((provider) => `llm.${provider}.*`),
}
