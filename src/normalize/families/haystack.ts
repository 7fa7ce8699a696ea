import type { AttributeValue } from '../../model/attributes.ts'
import type { Message } from '../../model/message.ts'
import type { Family, Side } from '../family.ts'
import { asCount } from '../fields.ts'
import { conversationFrom } from '../messages/found.ts'
import { isObject, type JsonObject, parseJson } from '../messages/json.ts'

/** Outputs longer than this (UTF-16 units) are not searched for usage. */
const LONGEST_OUTPUT = 256 * 1024

/** Haystack. Tokens are only inside the replies, and those only where content tracing is on. */
export const haystack: Family = {
  name: 'haystack',
  verified: true,
  fields: {
    kindHint: [{ key: 'haystack.component.name', is: 'node' }],
    nodeId: ['haystack.component.name'],
    nodeName: ['haystack.component.name'],
    nodeKind: ['haystack.component.type'],
    title: ['haystack.tool.name'],
  },
  spanNames: {
    'haystack.pipeline.run': { kind: 'workflow' },
    'haystack.async_pipeline.run': { kind: 'workflow' },
    'haystack.component.run': { kind: 'node' },
    'haystack.agent.run': { kind: 'agent' },
    'haystack.agent.step.llm': { kind: 'llm' },
    'haystack.agent.step.tool': { kind: 'tool' },
  },
  content: [
    'haystack.component.input',
    'haystack.component.output',
    'haystack.pipeline.input_data',
    'haystack.pipeline.output_data',
    'haystack.agent.input',
    'haystack.agent.output',
    'haystack.agent.step.*',
  ],
  structure: ['haystack.agent.step'],
  interpret(reading, span) {
    const output =
      span.attributes.get('haystack.component.output') ??
      span.attributes.get('haystack.agent.step.llm.output')
    if (typeof output !== 'string' || output.length > LONGEST_OUTPUT) return
    const usage = usageOf(parseJson(output))
    if (usage === null) return
    reading.suggest('model', usage.model)
    reading.suggest('inputTokens', usage.input)
    reading.suggest('outputTokens', usage.output)
    reading.suggest('cachedInput', usage.cached)
    reading.suggest('reasoningOutput', usage.reasoning)
    if (reading.text('kind') === 'node') reading.set('kind', 'llm')
  },
  messages: [
    {
      stage: 'explicit',
      read: (source, side) => {
        const value =
          source.json(`haystack.component.${side}`) ??
          source.json(`haystack.pipeline.${side}_data`) ??
          source.json(`haystack.agent.${side}`) ??
          source.json(`haystack.agent.step.llm.${side}`) ??
          source.json(`haystack.agent.step.tool.${side}`)
        return value === undefined ? undefined : { messages: spoken(value, side), value }
      },
    },
  ],
}

/** A conversation, bare replies, or (a pipeline's, a prompt builder's) that of the one member that has any. */
function spoken(value: unknown, side: Side): Message[] {
  const { messages } = conversationFrom(unscored(value), side)
  if (messages.length > 0) return messages
  const texts = replies(value)
  if (texts.length > 0 || !isObject(value)) return texts
  const found = Object.values(value)
    .map((member) => conversationFrom(unscored(member), side).messages)
    .filter((inner) => inner.length > 0)
  return found.length === 1 ? (found[0] ?? []) : []
}

/** Older versions dump a message's private members: `_role`, `_content`, `_name`, `_meta`. */
function unscored(value: unknown): unknown {
  if (!isObject(value)) return value
  const copy: JsonObject = Object.create(null)
  for (const [key, items] of Object.entries(value)) {
    copy[key] = Array.isArray(items) ? items.map(publicMembers) : items
  }
  return copy
}

function publicMembers(item: unknown): unknown {
  if (!isObject(item) || typeof item._role !== 'string') return item
  return Object.fromEntries(Object.entries(item).map(([key, member]) => [key.replace(/^_/, ''), member]))
}

/** Generators answer with bare texts. */
function replies(value: unknown): Message[] {
  const texts = isObject(value) && Array.isArray(value.replies) ? value.replies : []
  return texts.flatMap((reply) =>
    typeof reply === 'string' ? [{ role: 'assistant', parts: [{ type: 'text', content: reply }] }] : [],
  )
}

interface Usage {
  model: string | null
  input: number | null
  output: number | null
  cached: number | null
  reasoning: number | null
}

/** `replies[].meta.{model,usage}` (chat messages), or `meta[].usage` (older generators). */
function usageOf(output: unknown): Usage | null {
  if (!isObject(output)) return null
  const replies = Array.isArray(output.replies) ? output.replies : []
  const metas = [...replies.map(metaOf), ...(Array.isArray(output.meta) ? output.meta : [])]
  for (const meta of metas) {
    if (!isObject(meta) || !isObject(meta.usage)) continue
    const { usage } = meta
    const count = (...keys: readonly string[]) => countIn(usage, keys)
    const within = (key: string, name: string) => (isObject(usage[key]) ? countIn(usage[key], [name]) : null)
    return {
      model: typeof meta.model === 'string' ? meta.model : null,
      input: count('prompt_tokens', 'input_tokens'),
      output: count('completion_tokens', 'output_tokens'),
      cached: within('prompt_tokens_details', 'cached_tokens') ?? count('cache_read_input_tokens'),
      reasoning: within('completion_tokens_details', 'reasoning_tokens'),
    }
  }
  return null
}

function countIn(usage: JsonObject, keys: readonly string[]): number | null {
  const found = keys.map((key) => usage[key]).find((value) => value !== undefined)
  return asCount((found ?? null) as AttributeValue)
}

function metaOf(reply: unknown): unknown {
  if (!isObject(reply)) return null
  return reply.meta ?? reply._meta
}
