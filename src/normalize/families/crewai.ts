import type { Family } from '../family.ts'
import { toolOutcome } from '../messages/found.ts'

/** CrewAI through OpenLLMetry. The usage of an agent's span is its running total: never summed. */
export const crewai: Family = {
  name: 'crewai',
  verified: true,
  fields: {
    kindHint: [{ key: 'crewai.crew.tasks', is: 'workflow' }],
    aggregated: ['crewai.agent.role', 'crewai.agent.id', 'crewai.crew.id'],
    nodeName: ['crewai.task.name'],
    nodeId: ['crewai.task.id'],
    title: ['crewai.agent.role'],
  },
  spanNames: { 'crewai.workflow': { kind: 'workflow' } },
  content: [
    'crewai.task.description',
    'crewai.task.expected_output',
    'crewai.crew.result',
    'crewai.crew.tasks',
  ],
  messages: [
    {
      stage: 'value',
      read: (source, side) =>
        toolOutcome(source.json(side === 'input' ? 'crewai.task.description' : 'crewai.crew.result')),
    },
  ],
  interpret(reading, span) {
    if (span.name.endsWith('.task') && reading.text('nodeId') !== null) {
      reading.set('kind', 'node')
      reading.suggest('nodeName', span.name.slice(0, -'.task'.length))
    } else if (span.name.endsWith('.agent')) reading.suggest('kind', 'agent')
  },
}
