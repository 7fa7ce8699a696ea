import type { Family } from '../family.ts'
import { conversationFrom } from '../messages/found.ts'
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
  // Steps and inferences repeat their generation's usage.
  model_step: 'internal',
  model_inference: 'internal',
  model_chunk: 'internal',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  rag_embedding: 'embedding',
}

/** Mastra's OTel exporter. */
export const mastra: Family = {
  name: 'mastra',
  verified: false,
  fields: {
    kind: [{ key: 'mastra.span.type', map: TYPES }],
    aggregated: [{ key: 'mastra.span.type', map: { model_step: 'step', model_inference: 'step' } }],
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
  content: Object.keys(TYPES).flatMap((type) => [`mastra.${type}.input`, `mastra.${type}.output`]),
  messages: [
    {
      stage: 'explicit',
      read: (source, side) => {
        const type = source.text('mastra.span.type')
        const value = type === undefined ? undefined : source.json(`mastra.${type}.${side}`)
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
  ],
}
