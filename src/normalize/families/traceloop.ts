import type { AttributeValue } from '../../model/attributes.ts'
import type { SpanEvent } from '../../model/otlp.ts'
import type { Family, Found } from '../family.ts'
import { asText } from '../fields.ts'
import { conversationFrom, membersParsed } from '../messages/found.ts'
import { isObject, parseJson } from '../messages/json.ts'
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
        map: { workflow: 'workflow', agent: 'agent', tool: 'tool', session: 'internal' },
      },
      {
        key: 'llm.request.type',
        map: { chat: 'llm', completion: 'llm', rerank: 'reranker', embedding: 'embedding' },
      },
    ],
    // whatever LangChain runs is a task, a retriever too: the operation knows better
    kindHint: [{ key: 'traceloop.span.kind', map: { task: 'node' } }],
    executionCopy: ['traceloop.correlation.id'],
    workflowName: ['traceloop.workflow.name'],
    entityName: [{ key: 'traceloop.entity.name', read: entityName }, 'gen_ai.task.name'],
    reasoningOutput: ['llm.usage.reasoning_tokens'],
    title: [{ key: 'traceloop.entity.name', read: entityName }],
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
    if ((reading.text('kind') ?? reading.text('kindHint')) !== 'node') return
    const name = reading.text('entityName')
    reading.suggest('nodeId', name)
    reading.suggest('nodeName', name)
  },
  messages: [
    { stage: 'events', read: ({ events }, side) => (side === 'output' ? vectorResults(events) : undefined) },
    {
      stage: 'value',
      read: (source, side) => {
        const given = source.json(`traceloop.entity.${side}`) ?? source.json(`gen_ai.task.${side}`)
        const value = membersParsed(calledWith(given))
        return value === undefined ? undefined : conversationFrom(value, side)
      },
    },
  ],
}

/** LlamaIndex' instrumentation names an entity like its span: `{entity}.{kind}`. */
function entityName(value: AttributeValue): string | null {
  return asText(value)?.replace(/(?<=.)\.(?:workflow|task|agent|tool)$/, '') ?? null
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

/** What LangChain's callbacks were given, out of what came with it: `{inputs, tags, metadata, kwargs}`. */
function calledWith(given: unknown): unknown {
  if (!isObject(given) || !isObject(given.kwargs)) return given
  for (const name of ['inputs', 'outputs', 'output', 'query', 'input_str']) {
    if (name in given) return given[name]
  }
  return given
}
