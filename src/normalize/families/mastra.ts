import type { Family, Found, Side } from '../family.ts'
import { withSystem } from '../messages/conversation.ts'
import { conversationFrom, spokenBy } from '../messages/found.ts'
import { isObject } from '../messages/json.ts'
import type { MessageSource } from '../messages/source.ts'
import { COPIED_IDS } from './copied.ts'

/** Span types whose input and output are `mastra.<type>.input` and `.output`. */
const TYPES: Readonly<Record<string, string>> = {
  agent_run: 'agent',
  workflow_run: 'workflow',
  workflow_step: 'node',
  workflow_conditional: 'internal',
  workflow_conditional_eval: 'internal',
  workflow_parallel: 'internal',
  workflow_loop: 'internal',
  workflow_sleep: 'internal',
  workflow_wait_event: 'internal',
  model_generation: 'llm',
  // Steps repeat their generation's usage.
  model_step: 'internal',
  model_inference: 'llm',
  model_chunk: 'internal',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  provider_tool_call: 'tool',
  client_tool_call: 'tool',
  mcp_server_request: 'internal',
  rag_embedding: 'embedding',
  rag_ingestion: 'internal',
  rag_vector_operation: 'internal',
  rag_action: 'internal',
  graph_action: 'internal',
  memory_operation: 'internal',
  processor_run: 'internal',
  scorer_run: 'internal',
  scorer_step: 'internal',
  classifier_evaluation: 'internal',
  agent_signal: 'internal',
  skill_action: 'internal',
  skill_resolution: 'internal',
  workspace_action: 'internal',
  mapping: 'internal',
  generic: 'internal',
}

/** Spans whose input and output are what was said, a bare text too. */
const SPEAKERS = new Set<unknown>(['agent_run', 'model_generation', 'model_step', 'model_inference'])

/** Mastra's OTel exporter. */
export const mastra: Family = {
  name: 'mastra',
  verified: true,
  fields: {
    kind: [{ key: 'mastra.span.type', map: TYPES }],
    aggregated: [{ key: 'mastra.span.type', map: { model_step: 'step' } }],
    status: ['mastra.workflow_run.status', 'mastra.workflow_step.status', 'mastra.agent_run.status'].map(
      (key) => ({
        key,
        map: { suspended: 'interrupted', failed: 'error', canceled: 'cancelled', cancelled: 'cancelled' },
      }),
    ),
    nodeId: ['mastra.workflow_step.step_id'],
    nodeName: ['mastra.workflow_step.step_id'],
  },
  prefixes: { 'mastra.metadata.': COPIED_IDS },
  content: [
    ...Object.keys(TYPES).flatMap((type) => [`mastra.${type}.input`, `mastra.${type}.output`]),
    // the provider's whole answer
    'mastra.metadata.body',
  ],
  interpret(reading, { name, attributes, events }) {
    const type = attributes.get('mastra.span.type')
    // One span of a call is told as `chat` and has its usage: where that is the inference, the generation is the loop.
    if (type === 'model_generation' && attributes.get('gen_ai.operation.name') === type)
      reading.set('kind', 'internal')
    if (type === 'workflow_run' && name.startsWith(RUN))
      reading.suggest('workflowName', name.slice(RUN.length))
    // Errors that are not Mastra's own have their class in the event alone.
    const thrown = events.findLast((event) => event.name === 'exception')?.attributes.get('exception.type')
    if (attributes.get('error.type') === 'unknown' && typeof thrown === 'string')
      reading.set('errorType', thrown)
  },
  messages: [{ stage: 'explicit', read: said }],
}

/** What stands before the workflow in the name of its run. */
const RUN = 'invoke_workflow '

function said(source: MessageSource, side: Side): Found | undefined {
  const type = source.text('mastra.span.type')
  const value = type === undefined ? undefined : source.json(`mastra.${type}.${side}`)
  if (value === undefined) return undefined
  if (!SPEAKERS.has(type)) return conversationFrom(value, side)
  if (side === 'output') return { ...spokenBy('assistant', answerOf(value), side), value }
  const found = spokenBy('user', value, side)
  return { ...found, messages: withSystem(found.messages, source.json('gen_ai.system_instructions')) }
}

/** An answer `{text, toolCalls, …}` as the message that it is. */
function answerOf(value: unknown): unknown {
  if (!isObject(value) || !('text' in value)) return value
  const { text, toolCalls } = value
  return { role: 'assistant', content: text, tool_calls: toolCalls }
}
