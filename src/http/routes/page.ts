import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'
import type { Described } from '../openapi/described.ts'
import { tabDocument } from '../tab-document.ts'

export interface PageOptions {
  /**
   * Path that the service is mounted on: empty, or `/traces` without a slash at the end. Written into the page;
   * the server has taken it off before a route is looked for.
   */
  basePath: string
  /** Origins whose pages may frame this one. Empty = none. */
  frameAncestors: readonly string[]
}

const described: Described = {
  tag: 'page',
  summary: 'The Trace tab',
  description: 'One page without data: it reads the API with the token of its reader.',
  answers: {
    200: { description: 'The page.', content: { 'text/html': { schema: { type: 'string' } } } },
    503: { description: 'The tab is not built.', content: { 'text/plain': { schema: { type: 'string' } } } },
  },
}

/** Where the built tab is, beside this file in `dist/`, or in `dist/` when this runs from its source. */
const builds = ['../../tab/', '../../../dist/tab/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

/** The files of the library that others load by name; all else below `assets/` is named by its content. */
const LIBRARY = /^\/(trace-tab|react|nodes)\.js$/
const SECONDS_PER_YEAR = 31_536_000

/**
 * Serves the standalone page at `/` and `/workflows/{id}/executions/{id}/trace`, and the tab's files at
 * `/assets/…`, all below the base path. The page is one document without data: the tab in it reads the API
 * with the reader's own token, so it is served to everyone. It is never cached; the files it names are, for ever.
 */
export const page: FastifyPluginAsync<PageOptions> = async (app, { basePath, frameAncestors }) => {
  const build = builds.find((path) => existsSync(`${path}trace-tab.js`))
  const document = build === undefined ? undefined : tabDocument(`${build}standalone/index.html`, basePath)
  const policy = contentSecurityPolicy(frameAncestors)

  for (const path of ['/', '/workflows/:workflow/executions/:execution/trace']) {
    app.get(path, { config: { described } }, async (_request, reply) => {
      if (document === undefined)
        return reply.code(503).type('text/plain').send('The Trace tab is not built: npm run build\n')
      return reply
        .header('content-security-policy', policy)
        .header('cache-control', 'no-store')
        .header('referrer-policy', 'no-referrer')
        .header('x-content-type-options', 'nosniff')
        .type('text/html; charset=utf-8')
        .send(document())
    })
  }
  if (build === undefined) return

  await app.register(fastifyStatic, {
    root: [`${build}standalone/assets`, build],
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    cacheControl: false,
    // the build left a .br and a .gz beside each script and style sheet
    preCompressed: true,
    allowedPath: (path) => LIBRARY.test(path) || /^\/(chunks\/)?[\w.-]+-[\w-]{8,}\.\w+$/.test(path),
    setHeaders: (reply, path) => {
      const named = /\/(trace-tab|react|nodes)\.js(\.\w+)?$/.test(path)
      reply.header('cache-control', named ? 'no-cache' : `public, max-age=${SECONDS_PER_YEAR}, immutable`)
      reply.header('x-content-type-options', 'nosniff')
    },
  })
}

/** Nothing from elsewhere, nothing inline, no way to make markup or script from text. */
function contentSecurityPolicy(frameAncestors: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors.length > 0 ? frameAncestors.join(' ') : "'none'"}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}
