import type { SpanEvent } from '../../model/otlp.ts'
import type { Family } from '../family.ts'
import type { Field } from '../fields.ts'

/** What LangGraph and LangChain add to the metadata of every run. */
const METADATA: Readonly<Record<string, Field>> = {
  langgraph_node: 'langgraphNode',
  ls_provider: 'provider',
  ls_model_name: 'requestedModel',
}

/**
 * LangGraph, whoever reports it (OpenInference's `metadata`, LangSmith's or Langfuse's): of all spans that
 * run in a node, the node is the one that bears its name.
 */
export const langgraph: Family = {
  name: 'langgraph',
  verified: true,
  prefixes: {
    'langsmith.metadata.': METADATA,
    'langfuse.observation.metadata.': METADATA,
    'traceloop.association.properties.': METADATA,
  },
  json: { metadata: METADATA, 'langfuse.observation.metadata': METADATA },
  interpret(reading, span) {
    const node = reading.text('langgraphNode')
    const kind = reading.text('kind')
    // OpenLLMetry puts its operation before the name.
    const name = reading.text('entityName') ?? span.name
    if (node === null) {
      // The root of a graph bears the graph's name, or LangGraph's own where it has none.
      if (isGraph(span.attributes.get('metadata')) && span.parentSpanId === '' && span.name !== 'LangGraph') {
        reading.suggest('workflowName', span.name)
      }
      return
    }
    // `__start__` and the branches between nodes are the engine's own steps.
    if (name !== node || node.startsWith('__')) {
      const isStep = (kind ?? reading.text('kindHint')) === 'node' && reading.text('nodeId') === null
      if (kind === 'chain' || isStep) reading.set('kind', 'internal')
      return
    }
    reading.set('nodeId', node)
    reading.set('nodeName', node)
    // The Python instrumentor calls every run an agent whose name contains "agent".
    if (kind === 'chain' || kind === 'agent' || kind === null) reading.set('kind', 'node')
    // OpenInference ends it with OK, Langfuse with its question: whoever waits did not fail.
    const asks = reading.text('errorMessage')?.startsWith('(Interrupt(') === true
    if (asks || span.events.some(isInterrupt)) reading.suggest('status', 'interrupted')
  },
}

function isGraph(metadata: unknown): boolean {
  if (metadata instanceof Map) return metadata.get('ls_integration') === 'langgraph'
  return typeof metadata === 'string' && metadata.includes('"langgraph"')
}

function isInterrupt({ attributes }: SpanEvent): boolean {
  const type = attributes.get('exception.type')
  return typeof type === 'string' && /(?:^|\.)(?:Graph|Node)Interrupt$/.test(type)
}
