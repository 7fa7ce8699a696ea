import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import fastify from 'fastify'
import type { Test } from 'tap'
import { build } from 'vite'
import type { SampleService } from './sample-service.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where each React is: the checkout has 18, a package of its own has 19. */
const REACT = { 18: join(root, 'node_modules'), 19: join(root, 'test/react19/node_modules') }
export type ReactVersion = keyof typeof REACT

/** As strict as a page can be: nothing inline, no eval, Trusted Types and no policy for them. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

interface HostOptions {
  /** The folder with its `index.html`. */
  folder: string
  react: ReactVersion
  /** The service behind it, found below `/traces` of the host's own origin. */
  service: SampleService
  define?: Record<string, string>
}

/** A page of somebody else: built by Vite with the published files of the tab, served under a strict policy. */
export async function startHost(t: Test, options: HostOptions): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'tab-host-'))
  const react = REACT[options.react]
  await build({
    root: options.folder,
    configFile: false,
    logLevel: 'silent',
    base: './',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"', ...options.define },
    resolve: {
      alias: [
        { find: /^workflow-trace\/react$/, replacement: join(root, 'dist/tab/react.js') },
        { find: /^(react|react-dom|scheduler)(\/.*)?$/, replacement: `${react}/$1$2` },
      ],
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'react', development: false } },
    build: { outDir: out, emptyOutDir: true, minify: false, target: 'es2022', modulePreload: false },
  })
  const host = fastify()
  host.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', POLICY)
  })
  await host.register(fastifyStatic, { root: out })
  host.all('/traces/*', async (request, reply) => {
    const { authorization } = request.headers
    const answer = await fetch(new URL(request.url, options.service.url), {
      headers: authorization === undefined ? {} : { authorization },
    })
    return reply
      .code(answer.status)
      .header('x-request-id', answer.headers.get('x-request-id') ?? '')
      .type(answer.headers.get('content-type') ?? 'application/json')
      .send(await answer.text())
  })
  const url = await host.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(async () => {
    await host.close()
    rmSync(out, { recursive: true })
  })
  return url
}

/** Has the page keep what breaks its policy, in `window.broken`. */
export const WATCH_POLICY = `window.broken = []
addEventListener('securitypolicyviolation', (event) => broken.push(event.violatedDirective + ' ' + event.sample))`
