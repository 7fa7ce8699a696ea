import { createHash } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { docsPage } from '../openapi/docs-page.ts'
import { DOCS_STYLE } from '../openapi/docs-style.ts'
import type { OpenApi } from '../openapi/openapi.ts'

/** Nothing but the page and its style sheet. */
const POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

interface Page {
  type: string
  body: Buffer
  tag: string
}

/**
 * The description of the API: `/openapi.json`, and `/docs`, a page made of it. They hold no
 * data and are the same for everyone: no token is asked for, and both may be kept and are asked again by their tag.
 */
export const docs: FastifyPluginAsync = async (app) => {
  // when first asked for: at the start they would take a tenth of it
  let made: ReadonlyMap<string, Page> | null = null
  const pages = () => (made ??= makePages(app.swagger() as unknown as OpenApi))

  const described = (summary: string, description: string, media: string) => ({
    config: {
      described: {
        tag: 'page' as const,
        summary,
        headers: { 'if-none-match': 'the ETag of an answer that the reader has' },
        answers: {
          200: {
            description,
            headers: { etag: 'changes when the text does' },
            content: {
              [media]: { schema: { type: media.endsWith('json') ? 'object' : 'string', description } },
            },
          },
          304: { description: 'The reader has it already.' },
        },
      },
    },
  })
  const send = (request: FastifyRequest, reply: FastifyReply) => {
    const { type, body, tag } = pages().get(request.routeOptions.url ?? '') as Page
    reply.header('cache-control', 'public, max-age=0, must-revalidate').header('etag', tag)
    const known = request.headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''))
    if (known?.some((one) => one === tag || one === '*')) return reply.code(304).send()
    return reply.header('content-security-policy', POLICY).type(type).send(body)
  }
  app.get('/openapi.json', described('This document', 'OpenAPI 3.1', 'application/json'), send)
  app.get('/docs', described('This document, to read', 'A page without scripts', 'text/html'), send)
  app.get('/docs.css', described('The style of that page', 'A style sheet', 'text/css'), send)
}

function makePages(document: OpenApi): ReadonlyMap<string, Page> {
  const page = (type: string, text: string): Page => {
    const body = Buffer.from(text)
    const hash = createHash('sha256').update(body).digest('base64url')
    return { type: `${type}; charset=utf-8`, body, tag: `"${hash.slice(0, 22)}"` }
  }
  return new Map([
    ['/openapi.json', page('application/json', JSON.stringify(document))],
    ['/docs', page('text/html', docsPage(document))],
    ['/docs.css', page('text/css', DOCS_STYLE)],
  ])
}
