import type { Family } from '../family.ts'

/**
 * Microsoft Agent Framework, AutoGen and Semantic Kernel: GenAI's keys, and spans of the workflow engine. Which
 * executor caused which is told by span links.
 */
export const microsoft: Family = {
  name: 'microsoft',
  verified: true,
  scopes: ['agent_framework', 'Microsoft.Agents.AI', 'Microsoft.SemanticKernel'],
  fields: {
    kindHint: [{ key: 'executor.id', is: 'node' }],
    nodeId: ['executor.id'],
    nodeName: ['executor.id'],
    nodeKind: ['executor.type'],
  },
  spanNames: {
    'workflow.run': { kind: 'workflow' },
    'workflow.build': { kind: 'internal' },
    'edge_group.process': { kind: 'internal' },
    'message.send': { kind: 'internal' },
  },
  content: ['workflow.definition', 'message.content', 'message', 'sk.available_functions'],
  structure: ['message.*'],
  interpret(reading, span) {
    if (span.name.startsWith('executor.process')) reading.suggest('kind', 'node')
  },
}
