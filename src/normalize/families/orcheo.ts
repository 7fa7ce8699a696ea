import type { AttributeValue } from '../../model/attributes.ts'
import type { Message } from '../../model/message.ts'
import type { SpanEvent } from '../../model/otlp.ts'
import type { Family, Found, Side } from '../family.ts'
import { asText } from '../fields.ts'
import { text } from '../messages/parts.ts'
import { plain } from '../messages/plain.ts'

/**
 * Orcheo. The ids are on the root span only; node spans are made after the node has finished; prompts and
 * responses are previews on events.
 */
export const orcheo: Family = {
  name: 'orcheo',
  verified: true,
  scopes: ['orcheo.workflow'],
  fields: {
    kind: [
      {
        key: 'orcheo.ai.kind',
        map: {
          llm: 'llm',
          chat: 'llm',
          completion: 'llm',
          embedding: 'embedding',
          embeddings: 'embedding',
          reranker: 'reranker',
          rerank: 'reranker',
          retriever: 'retriever',
          agent: 'agent',
          tool: 'tool',
        },
      },
      { key: 'orcheo.node.id', is: 'node' },
      { key: 'orcheo.execution.id', is: 'workflow' },
    ],
    status: [
      {
        key: 'orcheo.node.status',
        map: {
          ok: 'ok',
          success: 'ok',
          succeeded: 'ok',
          completed: 'ok',
          complete: 'ok',
          done: 'ok',
          error: 'error',
          errored: 'error',
          failed: 'error',
          failure: 'error',
          cancelled: 'cancelled',
          canceled: 'cancelled',
          interrupted: 'interrupted',
          paused: 'interrupted',
          waiting: 'interrupted',
        },
      },
    ],
    executionId: ['orcheo.execution.id'],
    workflowId: ['orcheo.workflow.id'],
    threadId: ['orcheo.execution.thread_id'],
    nodeId: ['orcheo.node.id'],
    nodeName: ['orcheo.node.display_name'],
    nodeKind: ['orcheo.node.kind'],
    model: ['orcheo.ai.model.actual'],
    requestedModel: [{ key: 'orcheo.ai.model.requested', read: modelOfRequest }],
    provider: ['orcheo.ai.provider', { key: 'orcheo.ai.model.requested', read: providerOfRequest }],
    inputTokens: ['orcheo.token.input'],
    outputTokens: ['orcheo.token.output'],
    errorType: ['orcheo.error.code'],
    artifactIds: ['orcheo.artifact.ids'],
    durationMs: ['orcheo.node.latency_ms'],
    title: ['orcheo.execution.run_name'],
  },
  content: ['orcheo.workflow.state.*'],
  interpret(reading, span) {
    // A cancelled run ends with status ERROR and the reason as its message: only the event tells.
    const cancelled = span.events.find(({ name }) => name === 'workflow.cancelled')
    if (cancelled === undefined) return
    reading.set('status', 'cancelled')
    const reason = cancelled.attributes.get('reason')
    if (typeof reason === 'string') reading.suggest('errorMessage', reason)
  },
  messages: [{ stage: 'preview', read: ({ events }, side) => previews(events, side) }],
}

/** Orcheo writes the requested model as `provider:model`. */
function modelOfRequest(value: AttributeValue): string | null {
  const name = asText(value)
  return name === null ? null : name.slice(name.indexOf(':') + 1)
}

function providerOfRequest(value: AttributeValue): string | null {
  const name = asText(value) ?? ''
  const colon = name.indexOf(':')
  return colon > 0 ? name.slice(0, colon) : null
}

/** Events `prompt`, `message` (input) and `response` (output). */
function previews(events: readonly SpanEvent[], side: Side): Found | undefined {
  const messages: Message[] = []
  for (const { name, attributes } of events) {
    if (side === 'output' && name === 'response') messages.push(preview('assistant', attributes))
    if (side === 'input' && name === 'prompt') messages.push(preview('user', attributes))
    if (side === 'input' && name === 'message') messages.push(preview('user', attributes))
  }
  return messages.length > 0 ? { messages } : undefined
}

function preview(fallbackRole: string, attributes: SpanEvent['attributes']): Message {
  const role = attributes.get('role')
  const only = attributes.get('preview')
  const named = typeof role === 'string' && role !== 'message' && role !== 'unknown' ? role : fallbackRole
  if (typeof only === 'string') return { role: named, parts: [text(only)] }
  // The payload was a map: each of its keys became an attribute.
  const rest = [...attributes].filter(([key]) => key !== 'role')
  return { role: named, parts: [{ type: 'json', content: plain(new Map(rest)) }] }
}
