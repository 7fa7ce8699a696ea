import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { storedPatterns } from '../../access/grant.ts'
import { allowsWorkflow } from '../../access/policy.ts'
import { ContentOff, Erased, NotFound } from '../../errors.ts'
import { Admission, type Ticket } from '../../ingest/admission.ts'
import { limits } from '../../limits.ts'
import { redactId, redactText } from '../../redact/index.ts'
import { storedChunks } from '../artifact-body.ts'
import { idOf, type UploadHeaders, uploadHeaders } from '../artifact-request.ts'
import { isText, mediaTypeOf, OCTET_STREAM } from '../media-type.ts'
import { binary } from '../openapi/described.ts'
import type { Parts } from '../parts.ts'
import { allowLongRequest } from '../plugins/long-requests.ts'
import { readMetrics } from '../plugins/metrics.ts'
import { presentStored } from '../present/artifact.ts'
import { Artifact, Problem } from '../schemas/common.ts'
import { artifactDownload } from './artifact-download.ts'

const Params = Type.Object({
  execution: Type.String({ minLength: 1, description: 'the execution that produced it' }),
  artifact: Type.String({ minLength: 1, description: 'unique in its execution' }),
})

const Headers = Type.Object({
  'content-type': Type.Optional(Type.String({ description: 'media type of the bytes' })),
  'x-artifact-name': Type.Optional(Type.String({ description: 'file name, percent-encoded' })),
  'x-workflow-id': Type.Optional(
    Type.String({
      description:
        'percent-encoded; whose artifact it is. Without it, it is visible once a span names the execution',
    }),
  ),
  'x-span-id': Type.Optional(Type.String({ description: 'the span that produced it: 16 hex digits' })),
  'x-content-sha256': Type.Optional(
    Type.String({ description: 'hex SHA-256 of the bytes as sent: checked before anything is stored' }),
  ),
  'content-digest': Type.Optional(Type.String({ description: 'the same as RFC 9530 has it' })),
  'repr-digest': Type.Optional(Type.String({ description: 'the same as RFC 9530 has it' })),
})

/** Bytes that spans produced: in (here), and out. */
export const artifacts: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  await app.register(artifactDownload, { parts })
  await app.register(uploads, { parts })
}

const uploads: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  const admission = new Admission(limits.maxUploadBytesInFlight, parts.metrics.uploadsInFlightBytes)
  app.addHook('onRequest', (request) => app.authenticate(request, 'artifacts:write'))
  app.addHook('onRequest', async (request) => {
    // What is no media type says nothing: no reason to refuse the bytes.
    request.headers['content-type'] = mediaTypeOf(request.headers['content-type'])
  })
  await app.register(readMetrics, { metrics: parts.metrics })
  // The body is read by the handler, and only as fast as it is stored.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.put(
    '/api/executions/:execution/artifacts/:artifact',
    {
      handlerTimeout: limits.transferTimeoutMs,
      config: {
        scope: 'artifacts:write',
        described: {
          tag: 'artifacts',
          body: { '*/*': { schema: binary('the bytes; as many as the limit of the configuration allows') } },
          answers: {
            200: { description: 'The same bytes were there already; nothing was written.' },
            201: { description: 'The bytes are stored.' },
          },
          refuses: [404, 415],
        },
      },
      schema: {
        summary: 'Store the bytes of an artifact',
        description:
          'The body is the bytes. The same bytes again change nothing; other bytes under the id are refused.',
        params: Params,
        headers: Headers,
        response: { 200: Artifact, 201: Artifact, 409: Problem, 410: Problem, 413: Problem },
      },
    },
    async (request, reply) => {
      const { workspace, subject } = request.principal
      const ticket = admission.open(`${workspace}\0${subject}`)
      const release = allowLongRequest(request.raw)
      try {
        return await takeUpload(parts, request, reply, ticket)
      } finally {
        release()
        ticket.release()
        // What still comes is thrown away, so that the answer can be read.
        request.raw.resume()
      }
    },
  )
}

async function takeUpload(
  parts: Parts,
  request: FastifyRequest & { params: { execution: string; artifact: string } },
  reply: FastifyReply,
  ticket: Ticket,
) {
  const { config, metrics, store } = parts
  const { principal } = request
  const said = uploadHeaders(request.headers, config.maxArtifactBytes)
  if (said.workflowId !== null && !allowsWorkflow(principal.workflows, said.workflowId)) throw new NotFound()
  const redactor = await parts.redactorOf(principal.workspace)
  const hidden = (where: string, id: string) => redactId(idOf(where, id), redactor)
  const executionId = hidden('the execution id', request.params.execution)
  const artifactId = hidden('the artifact id', request.params.artifact)

  const workflows = storedPatterns(principal)
  const target = await store.artifacts.target({ workspace: principal.workspace, workflows }, executionId)
  if (target.erased) throw new Erased()
  if (target.workflowId !== null && !allowsWorkflow(workflows, target.workflowId)) throw new NotFound()
  const workflow = said.workflowId ?? target.workflowId
  if (redactor.policy(workflow).content === 'none') throw new ContentOff()

  const redact = (text: string) => {
    const redacted = redactText(text, redactor, workflow)
    for (const [rule, times] of redacted.counts) metrics.redactions.inc({ rule }, times)
    return redacted.text
  }
  const text = isText(said.mediaType) ? 'yes' : said.mediaType === OCTET_STREAM ? 'perhaps' : 'no'
  ticket.grow(held(said, text !== 'no'))
  const { artifact, created } = await store.artifacts.put(
    {
      realm: target.realm,
      executionId,
      artifactId,
      workflowId: said.workflowId === null ? null : hidden('x-workflow-id', said.workflowId),
      spanId: said.spanId,
      name: said.name === null ? null : redact(said.name),
      mediaType: said.mediaType,
    },
    storedChunks(request.raw, { maxBytes: config.maxArtifactBytes, digest: said.digest, text, redact }),
  )
  if (created) metrics.artifactBytes.inc({ direction: 'stored' }, artifact.size)
  return reply.code(created ? 201 : 200).send(presentStored(artifact))
}

/** Bytes that an upload holds at a time: a chunk and what fills the next one, or a text that is redacted. */
function held({ length }: UploadHeaders, text: boolean): number {
  const most = text ? limits.artifactRedactedBytes : 0
  return Math.min(length ?? Number.POSITIVE_INFINITY, Math.max(most, 2 * limits.artifactChunkBytes))
}
