import { Readable } from 'node:stream'
import { storedChunks } from './http/artifact-body.ts'
import { isText, OCTET_STREAM } from './http/media-type.ts'
import type { Resource, Scope } from './model/otlp.ts'
import type { Span } from './model/span.ts'
import { type Redactor, redactId, redactLog, redactPatterns, redactSpan, redactText } from './redact/index.ts'
import type { Scrub } from './store/rescrub/index.ts'

/** Everything that ingest does with what it lets in, for what is stored already. The redactor has no clock. */
export function scrubWith(redactor: Redactor): Scrub {
  return {
    span: (span) => redactSpan(span, redactor),
    log: (log) => redactLog(log, redactor),
    text: (text, workflow) => redactText(text, redactor, workflow),
    id: (id) => redactId(id, redactor),
    patterns: (patterns) => redactPatterns(patterns, redactor),
    hits(resource, scope) {
      const { span } = redactSpan(bare(resource, scope), redactor)
      return span.resource !== resource || span.scope !== scope
    },
    async bytes(bytes, mediaType, workflow) {
      const counts = new Map<string, number>()
      const redact = (text: string) => {
        const redacted = redactText(text, redactor, workflow)
        for (const [rule, times] of redacted.counts) counts.set(rule, (counts.get(rule) ?? 0) + times)
        return redacted.text
      }
      const text = isText(mediaType) ? 'yes' : mediaType === OCTET_STREAM ? 'perhaps' : 'no'
      const chunks: Buffer[] = []
      const intake = { maxBytes: bytes.length, digest: null, text, redact } as const
      for await (const chunk of storedChunks(Readable.from([bytes]), intake)) chunks.push(chunk)
      return { bytes: Buffer.concat(chunks), counts }
    },
  }
}

/** A span that says nothing of itself. */
const bare = (resource: Resource, scope: Scope): Span => ({
  traceId: '',
  spanId: '',
  parentSpanId: null,
  traceState: '',
  flags: 0,
  name: '',
  otelKind: 0,
  kind: 'internal',
  startNs: 0n,
  endNs: null,
  reportedDurationNs: null,
  status: 'ok',
  statusCode: 0,
  statusMessage: '',
  executionId: null,
  workflowId: null,
  workflowName: null,
  threadId: null,
  userId: null,
  nodeId: null,
  nodeName: null,
  nodeKind: null,
  model: null,
  provider: null,
  responseId: null,
  finishReason: null,
  tokens: {
    input: null,
    output: null,
    total: null,
    cachedInput: null,
    cacheWriteInput: null,
    reasoningOutput: null,
  },
  tokensAggregated: false,
  cost: null,
  errorType: null,
  errorMessage: null,
  artifacts: [],
  attributes: new Map(),
  content: new Map(),
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  links: [],
  droppedLinksCount: 0,
  resource,
  scope,
  notices: [],
})
