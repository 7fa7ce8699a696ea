import type { Family, Side } from '../family.ts'
import { conversationFrom, spokenBy, toolOutcome } from '../messages/found.ts'
import type { MessageSource } from '../messages/source.ts'

/** What LiveKit calls content: newer versions write each key with `pii` in it, older ones without. */
const CONTENT = [
  'input_text',
  'user_transcript',
  'user_input',
  'instructions',
  'chat_ctx',
  'response.text',
  'response.function_calls',
  'function_tool.output',
  'function_tool.arguments',
]

/** LiveKit Agents. */
export const livekit: Family = {
  name: 'livekit',
  verified: true,
  scopes: ['livekit-agents'],
  fields: {
    // an agent's tool that fails leaves its span's status unset
    status: [{ key: 'lk.function_tool.is_error', read: (value) => (value === true ? 'error' : null) }],
    title: ['lk.function_tool.name'],
  },
  spanNames: {
    agent_turn: { kindHint: 'agent' },
    function_tool: { kindHint: 'tool' },
    llm_node: { kindHint: 'llm' },
    llm_request: { kindHint: 'llm' },
  },
  content: ['lk.pii.*', ...CONTENT.map((name) => `lk.${name}`)],
  messages: [
    {
      stage: 'explicit',
      read: (source, side) =>
        toolOutcome(told(source, `function_tool.${side === 'input' ? 'arguments' : 'output'}`)),
    },
    { stage: 'explicit', read: spoken },
  ],
}

function told(source: MessageSource, name: string): unknown {
  return source.json(`lk.pii.${name}`) ?? source.json(`lk.${name}`)
}

function spoken(source: MessageSource, side: Side) {
  if (side === 'output') {
    const said = told(source, 'response.text')
    return said === undefined || said === ''
      ? calls(told(source, 'response.function_calls'))
      : spokenBy('assistant', said, side)
  }
  const context = told(source, 'chat_ctx')
  if (context !== undefined) return conversationFrom(items(context), side)
  const heard = told(source, 'user_input') ?? told(source, 'user_transcript') ?? told(source, 'input_text')
  return heard === undefined ? undefined : spokenBy('user', heard, side)
}

/** A chat context is `{items: [message, …]}`. */
function items(context: unknown): unknown {
  return typeof context === 'object' && context !== null && 'items' in context ? context.items : context
}

/** Calls of tools are told without their type. */
function calls(list: unknown) {
  if (!Array.isArray(list) || list.length === 0) return undefined
  return conversationFrom(
    list.map((call) => ({ ...call, type: 'function_call' })),
    'output',
  )
}
