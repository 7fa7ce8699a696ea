import type { Family } from '../family.ts'
import { conversationFrom, spokenBy, toolOutcome } from '../messages/found.ts'

/** LiveKit Agents. */
export const livekit: Family = {
  name: 'livekit',
  verified: false,
  scopes: ['livekit-agents'],
  fields: { title: ['lk.function_tool.name'] },
  spanNames: {
    agent_turn: { kindHint: 'agent' },
    function_tool: { kindHint: 'tool' },
    llm_node: { kindHint: 'llm' },
    llm_request: { kindHint: 'llm' },
  },
  content: [
    'lk.input_text',
    'lk.user_transcript',
    'lk.user_input',
    'lk.chat_ctx',
    'lk.response.text',
    'lk.response.function_calls',
    'lk.function_tool.output',
    'lk.function_tool.arguments',
  ],
  messages: [
    {
      stage: 'explicit',
      read: (source, side) =>
        toolOutcome(source.json(`lk.function_tool.${side === 'input' ? 'arguments' : 'output'}`)),
    },
    {
      stage: 'explicit',
      read: (source, side) => {
        if (side === 'output') {
          const said = source.json('lk.response.text')
          return said === undefined ? undefined : spokenBy('assistant', said, side)
        }
        const context = source.json('lk.chat_ctx')
        if (context !== undefined) return conversationFrom(items(context), side)
        const heard =
          source.json('lk.user_input') ?? source.json('lk.user_transcript') ?? source.json('lk.input_text')
        return heard === undefined ? undefined : spokenBy('user', heard, side)
      },
    },
  ],
}

/** A chat context is `{items: [message, …]}`. */
function items(context: unknown): unknown {
  return typeof context === 'object' && context !== null && 'items' in context ? context.items : context
}
