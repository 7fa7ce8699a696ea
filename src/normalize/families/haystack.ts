import type { AttributeValue } from '../../model/attributes.ts'
import type { Family } from '../family.ts'
import { asCount } from '../fields.ts'
import { conversationFrom } from '../messages/found.ts'
import { isObject, parseJson } from '../messages/json.ts'

/** Outputs longer than this (UTF-16 units) are not searched for usage. */
const LONGEST_OUTPUT = 256 * 1024

/** Haystack. Tokens are only inside the replies, and those only where content tracing is on. */
export const haystack: Family = {
  name: 'haystack',
  verified: false,
  fields: {
    kindHint: [{ key: 'haystack.component.name', is: 'node' }],
    nodeId: ['haystack.component.name'],
    nodeName: ['haystack.component.name'],
    nodeKind: ['haystack.component.type'],
  },
  spanNames: {
    'haystack.pipeline.run': { kind: 'workflow' },
    'haystack.async_pipeline.run': { kind: 'workflow' },
    'haystack.component.run': { kind: 'node' },
    'haystack.agent.run': { kind: 'agent' },
  },
  content: [
    'haystack.component.input',
    'haystack.component.output',
    'haystack.pipeline.input_data',
    'haystack.pipeline.output_data',
    'haystack.agent.input',
    'haystack.agent.output',
  ],
  interpret(reading, span) {
    const output = span.attributes.get('haystack.component.output')
    if (typeof output !== 'string' || output.length > LONGEST_OUTPUT) return
    const usage = usageOf(parseJson(output))
    if (usage === null) return
    const { model, input, output: answered } = usage
    reading.suggest('model', model)
    reading.suggest('inputTokens', input)
    reading.suggest('outputTokens', answered)
    if (reading.text('kind') === 'node') reading.set('kind', 'llm')
  },
  messages: [
    {
      stage: 'explicit',
      read: (source, side) => {
        const value =
          source.json(`haystack.component.${side}`) ??
          source.json(`haystack.pipeline.${side}_data`) ??
          source.json(`haystack.agent.${side}`)
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
  ],
}

interface Usage {
  model: string | null
  input: number | null
  output: number | null
}

/** `replies[].meta.{model,usage}` (chat messages), or `meta[].usage` (older generators). */
function usageOf(output: unknown): Usage | null {
  if (!isObject(output)) return null
  const replies = Array.isArray(output.replies) ? output.replies : []
  const metas = [...replies.map(metaOf), ...(Array.isArray(output.meta) ? output.meta : [])]
  for (const meta of metas) {
    if (!isObject(meta) || !isObject(meta.usage)) continue
    const { usage } = meta
    const count = (...keys: readonly string[]) =>
      asCount((keys.map((key) => usage[key]).find((value) => value !== undefined) ?? null) as AttributeValue)
    return {
      model: typeof meta.model === 'string' ? meta.model : null,
      input: count('prompt_tokens', 'input_tokens'),
      output: count('completion_tokens', 'output_tokens'),
    }
  }
  return null
}

function metaOf(reply: unknown): unknown {
  if (!isObject(reply)) return null
  return reply.meta ?? reply._meta
}
