import type { Family } from '../family.ts'
import { toolOutcome } from '../messages/found.ts'

/** Dify, with Alibaba's extension `gen_ai.span.kind`. */
export const dify: Family = {
  name: 'dify',
  verified: false,
  fields: {
    kind: [
      {
        key: 'gen_ai.span.kind',
        map: {
          llm: 'llm',
          retriever: 'retriever',
          embedding: 'embedding',
          reranker: 'reranker',
          tool: 'tool',
          agent: 'agent',
          task: 'node',
          workflow: 'workflow',
          chain: 'chain',
        },
      },
    ],
    kindHint: [{ key: 'node.execution_id', is: 'node' }],
    executionId: ['dify.workflow_run_id'],
    workflowId: ['dify.workflow_id'],
    nodeId: ['node.id'],
    nodeName: ['node.title'],
    nodeKind: ['node.type'],
  },
  content: ['retrieval.query', 'retrieval.document'],
  interpret(reading, span) {
    if (reading.text('nodeId') !== null && span.name !== '') reading.suggest('nodeName', span.name)
  },
  messages: [
    {
      stage: 'structured',
      read: (source, side) =>
        toolOutcome(source.json(side === 'input' ? 'retrieval.query' : 'retrieval.document')),
    },
  ],
}
