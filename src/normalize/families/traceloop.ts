import type { SpanEvent } from '../../model/otlp.ts'
import type { Family, Found } from '../family.ts'
import { conversationFrom, membersParsed } from '../messages/found.ts'
import { parseJson } from '../messages/json.ts'
import { plain } from '../messages/plain.ts'
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
    { stage: 'events', read: ({ events }, side) => (side === 'output' ? vectorResults(events) : undefined) },
    {
      stage: 'value',
      read: (source, side) => {
        const value = membersParsed(
          source.json(`traceloop.entity.${side}`) ?? source.json(`gen_ai.task.${side}`),
        )
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
  ],
}

/** What a vector database found: one event each. */
function vectorResults(events: readonly SpanEvent[]): Found | undefined {
  const results = events
    .filter(({ name }) => name === 'db.query.result')
    .map(({ attributes }) => {
      const result: Record<string, unknown> = Object.create(null)
      for (const [key, value] of attributes) {
        result[key.replace(/^db\.query\.result\./, '')] = parseJson(plain(value))
      }
      return result
    })
  return results.length > 0 ? { messages: [], value: results } : undefined
}
