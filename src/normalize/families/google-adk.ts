import type { Family } from '../family.ts'
import { conversationFrom, toolOutcome } from '../messages/found.ts'
import { isObject } from '../messages/json.ts'

/** Google's Agent Development Kit. */
export const googleAdk: Family = {
  name: 'google-adk',
  verified: true,
  scopes: ['gcp.vertex.agent'],
  fields: {
    executionCopy: ['gcp.vertex.agent.invocation_id'],
    threadId: ['gcp.vertex.agent.session_id'],
  },
  json: {
    'gcp.vertex.agent.llm_response': {
      'usage_metadata.prompt_token_count': 'inputTokens',
      'usage_metadata.candidates_token_count': 'outputTokens',
      'usage_metadata.total_token_count': 'totalTokens',
      'usage_metadata.cached_content_token_count': 'cachedInput',
      'usage_metadata.thoughts_token_count': 'reasoningOutput',
    },
  },
  spanNames: {
    call_llm: { kindHint: 'llm' },
    invocation: { kindHint: 'workflow' },
  },
  content: [
    'gcp.vertex.agent.llm_request',
    'gcp.vertex.agent.llm_response',
    'gcp.vertex.agent.tool_call_args',
    'gcp.vertex.agent.tool_response',
    'gcp.vertex.agent.data',
  ],
  interpret(reading, span) {
    // Names of older versions carry the agent's name: `agent_run [planner]`.
    if (/^agent_run\b/.test(span.name)) reading.suggest('kind', 'agent')
    // A tool that raised leaves its name alone.
    if (span.name.startsWith('execute_tool ')) reading.suggest('kind', 'tool')
    // Repeats what the tools' own spans say.
    if (span.name.includes('(merged tools)')) reading.set('kind', 'internal')
  },
  messages: [
    {
      stage: 'explicit',
      read: (source, side) => {
        const tool = source.json(`gcp.vertex.agent.tool_${side === 'input' ? 'call_args' : 'response'}`)
        if (isPresent(tool)) return toolOutcome(tool)
        const value = source.json(`gcp.vertex.agent.llm_${side === 'input' ? 'request' : 'response'}`)
        return isPresent(value) ? conversationFrom(value, side) : undefined
      },
    },
  ],
}

/** On tool spans the request and response of the model are `{}`; what cannot be written is a placeholder. */
function isPresent(value: unknown): boolean {
  if (value === undefined || value === 'N/A' || value === '<not specified>' || value === '<not serializable>')
    return false
  return !(isObject(value) && Object.keys(value).length === 0)
}
