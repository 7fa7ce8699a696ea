import type { Family } from '../family.ts'
import { conversationFrom } from '../messages/found.ts'
import { COPIED_IDS } from './copied.ts'

/** OpenLLMetry / Traceloop. `traceloop.workflow.name` is on every span below a workflow. */
export const traceloop: Family = {
  name: 'traceloop',
  verified: true,
  fields: {
    kind: [
      {
        key: 'traceloop.span.kind',
        map: { workflow: 'workflow', task: 'node', agent: 'agent', tool: 'tool', session: 'internal' },
      },
      {
        key: 'llm.request.type',
        map: { chat: 'llm', completion: 'llm', rerank: 'reranker', embedding: 'embedding' },
      },
    ],
    executionCopy: ['traceloop.correlation.id'],
    workflowName: ['traceloop.workflow.name'],
    entityName: ['traceloop.entity.name', 'gen_ai.task.name'],
    reasoningOutput: ['llm.usage.reasoning_tokens'],
    title: ['traceloop.entity.name'],
  },
  prefixes: { 'traceloop.association.properties.': COPIED_IDS },
  content: [
    'traceloop.entity.input',
    'traceloop.entity.output',
    'traceloop.prompt.*',
    'gen_ai.task.input',
    'gen_ai.task.output',
    'llm.request.functions.*',
  ],
  interpret(reading) {
    if (reading.text('kind') !== 'node') return
    const name = reading.text('entityName')
    reading.suggest('nodeId', name)
    reading.suggest('nodeName', name)
  },
  messages: [
    {
      stage: 'value',
      read: (source, side) => {
        const value = source.json(`traceloop.entity.${side}`) ?? source.json(`gen_ai.task.${side}`)
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
  ],
}
