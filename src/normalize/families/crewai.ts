import type { AttributeValue } from '../../model/attributes.ts'
import type { Family, Feed } from '../family.ts'
import { asCount } from '../fields.ts'
import { toolOutcome } from '../messages/found.ts'

/**
 * CrewAI through OpenLLMetry. A crew tells the usage of all its agents. An agent of its older versions tells a running
 * total, which counts only where neither a crew above nor a model call below tells more; newer ones tell none.
 */
export const crewai: Family = {
  name: 'crewai',
  verified: true,
  fields: {
    kindHint: [{ key: 'crewai.crew.tasks', is: 'workflow' }],
    aggregated: ['crewai.agent.role', 'crewai.agent.id', 'crewai.crew.id'],
    inputTokens: [usage('prompt_tokens')],
    outputTokens: [usage('completion_tokens')],
    totalTokens: [usage('total_tokens')],
    cachedInput: [usage('cached_prompt_tokens')],
    reasoningOutput: [usage('reasoning_tokens')],
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
    'crewai.crew.tasks_output',
    'crewai.crew.agents',
    'crewai.agent.goal',
    'crewai.agent.backstory',
    // OpenInference's names
    'crew_tasks',
    'crew_agents',
    'crew_inputs',
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

/** A crew tells its usage as Python prints it: `total_tokens=148 prompt_tokens=114 …`. */
function usage(name: string): Feed {
  const pattern = new RegExp(`(?:^| )${name}=(\\d{1,16})(?= |$)`)
  const read = (value: AttributeValue) =>
    typeof value === 'string' ? asCount(pattern.exec(value)?.[1] ?? null) : null
  return { key: 'crewai.crew.token_usage', read }
}
