import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { holdToGrant } from '../../access/grant.ts'
import { MethodNotAllowed } from '../../errors.ts'
import type { Refusal, RefusalReason } from '../../model/refusal.ts'
import { normalizeRequest } from '../../normalize/index.ts'
import {
  CONTENT_TYPE,
  decodeTraceRequest,
  encodeMetricsResponse,
  encodeTraceResponse,
  inflate,
} from '../../otlp/index.ts'
import { countRules, redactSpan } from '../../redact/index.ts'
import type { Parts } from '../parts.ts'
import { Admission, inflatedEstimate } from '../plugins/admission.ts'
import type { Scheme } from '../plugins/auth.ts'
import { codecOf, encodingOf, holding, otlpBody } from '../plugins/otlp-body.ts'
import { otlpErrors } from '../plugins/otlp-errors.ts'

/** What an exporter is told of each reason, in words that help its operator. */
const sentences: Record<RefusalReason, string> = {
  bad_trace_id: 'a trace id must be 16 bytes, not all zero',
  bad_span_id: 'a span id must be 8 bytes, not all zero',
  wrong_type: 'a field has a wrong type',
  workflow_denied: 'the token may not write to the workflow they name',
  erased: 'their execution was erased',
  too_many: 'too many spans in one request',
  unstorable: 'they cannot be stored',
}

/** OTLP over HTTP: the only way in. */
export const ingest: FastifyPluginAsync<{ parts: Parts }> = async (app, { parts }) => {
  const { config, metrics } = parts
  const admission = new Admission(config.maxInFlightBytes, metrics.inFlightBytes)

  const signal = async (scope: FastifyInstance, scheme: Scheme, url: string, answer: Answer) => {
    await scope.register(otlpErrors, { log: parts.log })
    scope.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url,
      handler: async (_request, reply) => {
        reply.header('allow', 'POST')
        throw new MethodNotAllowed('POST')
      },
    })
    await scope.register(async (posts) => {
      posts.addHook('onRequest', (request) => posts.authenticate(request, 'traces:write', scheme))
      await posts.register(otlpBody, { admission, maxBodyBytes: config.maxBodyBytes })
      posts.post(url, (request, reply) => holding(request.ticket, () => answer(request, reply)))
    })
  }

  const traces: Answer = (request, reply) => acceptTraces(parts, request, reply)
  await app.register((scope) => signal(scope, 'bearer', '/v1/traces', traces))
  await app.register((scope) => signal(scope, 'basic', '/api/public/otel/v1/traces', traces))
  await app.register((scope) => signal(scope, 'bearer', '/v1/metrics', refuseMetrics))
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** The walk of a batch. The answer is 200 only after the store's COMMIT. */
async function acceptTraces(
  parts: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { config, metrics, store } = parts
  const encoding = encodingOf(request) ?? 'json'
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
  const codec = codecOf(request)
  request.ticket.grow(inflatedEstimate(body, codec, config.maxBodyBytes))
  const bytes = await inflate(body, codec, config.maxBodyBytes)
  metrics.ingestBytes.inc({ form: 'wire' }, body.length)
  metrics.ingestBytes.inc({ form: 'inflated' }, bytes.length)

  const { workspace, workflows } = request.principal
  const normalized = normalizeRequest(decodeTraceRequest(bytes, encoding))
  const { spans, denied } = holdToGrant(normalized.spans, workflows)
  const refused: Refusal[] = [...normalized.refused, { reason: 'workflow_denied', count: denied }]
  metrics.batchSpans.observe(spans.length + total(refused))
  metrics.spansAccepted.inc(spans.length)
  if (spans.length > 0) {
    const redactor = await parts.redactorOf(workspace)
    const redacted = spans.map((span) => redactSpan(span, redactor))
    for (const [rule, times] of countRules(redacted.map(({ counts }) => counts))) {
      metrics.redactions.inc({ rule }, times)
    }
    const written = await store.writeSpans(
      { workspace, workflows },
      redacted.map(({ span }) => span),
    )
    metrics.spansStored.inc(written.stored)
    refused.push(...written.refused)
  }
  for (const { reason, count } of refused) metrics.spansRefused.inc({ reason }, count)
  const result = { rejected: total(refused), message: messageOf(refused) }
  return reply.header('content-type', CONTENT_TYPE[encoding]).send(encodeTraceResponse(encoding, result))
}

/** Distributions of OpenTelemetry send all signals to one address: metrics are taken and not kept. */
const refuseMetrics: Answer = async (request, reply) => {
  const encoding = encodingOf(request) ?? 'json'
  const result = { rejected: 0, message: 'workflow-trace stores no metrics' }
  return reply.header('content-type', CONTENT_TYPE[encoding]).send(encodeMetricsResponse(encoding, result))
}

function total(refused: readonly Refusal[]): number {
  return refused.reduce((sum, { count }) => sum + count, 0)
}

/** One sentence per reason, so at most a few hundred characters; '' when nothing was refused. */
function messageOf(refused: readonly Refusal[]): string {
  const counts = new Map<RefusalReason, number>()
  for (const { reason, count } of refused) counts.set(reason, (counts.get(reason) ?? 0) + count)
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} refused (${reason}): ${sentences[reason]}`)
    .join('; ')
}
