import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { storedPatterns } from '../../access/grant.ts'
import { readSignedId, signId } from '../../access/signed-id.ts'
import { ArtifactGone, NotFound, RangeNotSatisfiable } from '../../errors.ts'
import { limits } from '../../limits.ts'
import { maskText, redactId } from '../../redact/index.ts'
import type { StoredArtifact } from '../../store/artifacts.ts'
import { signingKey } from '../artifact-reading.ts'
import { storable } from '../artifact-request.ts'
import { byteRange } from '../byte-range.ts'
import { attachment } from '../content-disposition.ts'
import { servedType } from '../media-type.ts'
import { binary, type Described } from '../openapi/described.ts'
import type { Parts } from '../parts.ts'
import { allowLongRequest } from '../plugins/long-requests.ts'
import { readMetrics } from '../plugins/metrics.ts'
import { readRateLimit } from '../plugins/rate-limit.ts'
import { secondWall } from '../plugins/second-wall.ts'
import { ArtifactLink, Problem } from '../schemas/common.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The download id of a signed one whose signature is good; then nobody is authenticated. */
    signedArtifact: string | null
  }
  interface FastifyContextConfig {
    /** A signed id opens the route. */
    signed?: boolean
  }
}

const Params = Type.Object({
  id: Type.String({
    minLength: 1,
    description:
      'a download id, plain or signed, or an artifact id that is unique among what the token may see',
  }),
})

const schema = {
  summary: 'The bytes of an artifact',
  description:
    'With a token of scope artifacts:read, or by a signed id without any. One range may be asked for.',
  params: Params,
  response: {
    200: Type.Unknown({ description: 'the bytes' }),
    206: Type.Unknown({ description: 'the bytes of the range' }),
    404: Problem,
    410: Problem,
    416: Problem,
  },
}

const bytes = {
  '*/*': { schema: binary('bytes, under the media type they were sent with where it is harmless') },
}

const described: Described = {
  tag: 'artifacts',
  headers: {
    range: 'one range of bytes',
    'if-range': 'the ETag that the range belongs to; with another one all bytes are sent',
    'if-none-match': 'the ETag of the bytes that the reader has',
  },
  answers: {
    200: {
      description: 'All bytes.',
      headers: ['etag', 'content-disposition', 'accept-ranges'],
      content: bytes,
    },
    206: {
      description: 'The bytes of the range.',
      headers: ['etag', 'content-disposition', 'content-range'],
      content: bytes,
    },
    304: { description: 'The reader has these bytes already.' },
  },
  open: true,
}

/** Bytes out: by token, or by an id that was signed for somebody who may see them. */
export const artifactDownload: FastifyPluginAsyncTypebox<{ parts: Parts }> = async (app, { parts }) => {
  app.decorateRequest('signedArtifact', null)
  app.addHook('onRequest', async (request) => {
    const { id } = request.params as { id: string }
    const signed = readSignedId(await signingKey(parts.store), id, parts.now())
    const open = signed?.valid === true && request.routeOptions.config.signed === true
    if (open) request.signedArtifact = signed.id
    // A signature that is over or not ours is nobody's word: then the token counts, and without one it is 401,
    // whatever the id.
    else await app.authenticate(request, 'artifacts:read')
  })
  await app.register(readRateLimit)
  await app.register(readMetrics, { metrics: parts.metrics })
  await app.register(secondWall, { store: parts.store })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  const route = {
    schema,
    handlerTimeout: limits.transferTimeoutMs,
    exposeHeadRoute: false,
    config: { scope: 'artifacts:read' as const, signed: true, described },
  }
  app.get('/api/artifacts/:id/download', route, async (request, reply) => {
    const artifact = await bytesOf(parts, request)
    return sendBytes(parts, artifact, request, reply)
  })
  app.head('/api/artifacts/:id/download', route, async (request, reply) => {
    const artifact = await bytesOf(parts, request)
    await describe(parts, artifact, reply)
    return reply.header('content-length', artifact.size).send(null)
  })
  app.post(
    '/api/artifacts/:id/link',
    {
      config: {
        scope: 'artifacts:read',
        described: { tag: 'artifacts', answers: { 200: { description: 'The link.' } } },
      },
      schema: {
        summary: 'A link to the bytes that needs no token and lives a minute',
        params: Params,
        response: { 200: ArtifactLink, 404: Problem, 410: Problem },
      },
    },
    async (request, reply) => {
      const artifact = await bytesOf(parts, request)
      const expiresAtMs = Math.floor((parts.now() + limits.artifactLinkMs) / 1000) * 1000
      const id = signId(await signingKey(parts.store), artifact.downloadId, expiresAtMs)
      reply.header('cache-control', 'private, no-store')
      return {
        url: `${parts.config.basePath}/api/artifacts/${id}/download`,
        expires_at: new Date(expiresAtMs).toISOString(),
      }
    },
  )
}

/** The artifact that the request names and may have. Throws `NotFound`, and `ArtifactGone` only to who may see it. */
async function bytesOf(
  { store, redactorOf }: Parts,
  request: FastifyRequest & { params: { id: string } },
): Promise<StoredArtifact> {
  const { principal, signedArtifact } = request
  let artifact: StoredArtifact | null
  if (signedArtifact !== null) artifact = await store.artifacts.findSigned(signedArtifact)
  else {
    // a signed id whose time is over still names its artifact to who may see it anyway
    const id = request.params.id.replace(/^(art_[\w-]{22})\..*$/s, '$1')
    const redactor = await redactorOf(principal.workspace)
    const workflows = storedPatterns(principal)
    artifact = await store.artifacts.find({ ...principal, workflows }, redactId(storable(id), redactor))
  }
  if (artifact === null) throw new NotFound()
  if (artifact.gone) throw new ArtifactGone()
  return artifact
}

/** Headers that keep a browser from doing anything with the bytes but save them. */
async function describe(parts: Parts, artifact: StoredArtifact, reply: FastifyReply): Promise<void> {
  const redactor = await parts.redactorOf(artifact.workspace)
  const name = maskText(artifact.name ?? artifact.artifactId, redactor, artifact.workflowId)
  reply
    .header('content-type', servedType(artifact.mediaType))
    .header('content-disposition', attachment(name))
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('cache-control', 'private, no-store')
    .header('accept-ranges', 'bytes')
    .header('etag', etagOf(artifact))
}

const etagOf = ({ sha256 }: StoredArtifact) => `"${sha256}"`

async function sendBytes(
  parts: Parts,
  artifact: StoredArtifact,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { size } = artifact
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers
  if (ifNoneMatch !== undefined && names(ifNoneMatch, etagOf(artifact))) {
    await describe(parts, artifact, reply)
    return reply.code(304).removeHeader('content-type').send(null)
  }
  const fresh = ifRange === undefined || ifRange === etagOf(artifact)
  const asked = fresh ? byteRange(range, size) : null
  if (asked === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`)
    throw new RangeNotSatisfiable()
  }
  const { from, to } = asked ?? { from: 0, to: size }
  // the first chunk before the head: a database that is away is still a 503
  const bytes = parts.store.artifacts.bytes(artifact, from, to)
  const first = await bytes.next()
  await describe(parts, artifact, reply)
  if (asked !== null) reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${size}`)
  reply.header('content-length', to - from)
  const release = allowLongRequest(request.raw)
  reply.raw.once('close', release)
  const counted = async function* () {
    for (let next = first; !next.done; next = await bytes.next()) {
      parts.metrics.artifactBytes.inc({ direction: 'sent' }, next.value.length)
      yield next.value
    }
  }
  return reply.send(Readable.from(counted(), { objectMode: true, highWaterMark: 1 }))
}

/** A strong tag among those of If-None-Match, which compares weakly. */
const names = (header: string, tag: string) =>
  header
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === tag)
