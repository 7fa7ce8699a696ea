import t from 'tap'
import { docsPage } from '../../src/http/openapi/docs-page.ts'
import type { Media, OpenApi, Operation, Schema } from '../../src/http/openapi/openapi.ts'
import { SCOPES } from '../../src/model/principal.ts'
import { knownRoutes } from './every-route-list.ts'
import { componentOf, nodesOf } from './openapi-schema.ts'
import { service } from './service.ts'

const { app } = await service(t)
const document = (await app.inject('/openapi.json')).json<OpenApi>()
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
    `${method.toUpperCase()} ${path}`,
    path,
    operation,
  ]),
)
const byName = new Map(operations.map(([name, , operation]) => [name, operation]))
const inDocument = (route: string) => route.replace(/:(\w+)/g, '{$1}')

t.test('every route is in the document, and nothing else', async (t) => {
  // every-route.test.ts proves that the list is what the app has
  const expected = [...knownRoutes]
    .filter(([name, { kind }]) => kind !== 'wrong' && name !== 'GET /assets/*' && !name.startsWith('HEAD '))
    .map(([name]) => inDocument(name))
  t.strictSame([...byName.keys()].sort(), expected.sort())
})

t.test('every route says the scope that it asks for', async (t) => {
  for (const [name, { scope, kind }] of knownRoutes) {
    const operation = byName.get(inDocument(name))
    if (operation === undefined) continue
    const asked = operation.security.flatMap((one) => Object.values(one).flat())
    if (kind === 'open') t.strictSame(asked, [], name)
    else t.ok(asked.length > 0 && asked.every((one) => one === scope), `${name}: ${asked.join()}`)
  }
})

t.test('every route, parameter, body, answer and error is described', async (t) => {
  const said = (text: unknown, where: string) =>
    t.ok(typeof text === 'string' && text.trim().length > 2 && !/Default Response/.test(text), where)
  for (const [name, , { summary, description, tags, parameters, requestBody, responses }] of operations) {
    said(summary, `${name}: summary`)
    said(description, `${name}: description`)
    t.ok(
      document.tags.some((tag) => tags.includes(tag.name)),
      `${name}: its tag is known`,
    )
    for (const parameter of parameters ?? []) said(parameter.description, `${name}: ${parameter.name}`)
    for (const [type, { schema }] of Object.entries(requestBody?.content ?? {})) {
      said(describedBy(schema), `${name}: body ${type}`)
    }
    for (const [status, answer] of Object.entries(responses)) {
      said(answer.description, `${name}: ${status}`)
      for (const [header, value] of Object.entries(answer.headers ?? {})) {
        said(value.description, `${name}: ${status} ${header}`)
      }
      if (Number(status) >= 400)
        t.ok(Object.keys(answer.content ?? {}).length > 0, `${name}: ${status} has a body`)
    }
  }
})

const describedBy = (schema: Schema) =>
  schema.description ??
  (schema.$ref === undefined ? undefined : componentOf(document, schema.$ref).description)

t.test('every component and every field is described', async (t) => {
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    t.ok(schema.description, name)
  }
  for (const [path, node] of nodesOf(document)) {
    if (typeof node.properties !== 'object' || node.type !== 'object') continue
    for (const [field, schema] of Object.entries(node.properties as Record<string, Schema>)) {
      t.ok(schema.description, `${path}: ${field}`)
    }
  }
})

t.test('every route that asks for a token tells of the refusals that all have', async (t) => {
  for (const [name, , { security, responses, parameters }] of operations) {
    if (security.length === 0) continue
    for (const status of ['400', '401', '403', '429', '500', '503'])
      t.ok(responses[status], `${name}: ${status}`)
    const one = parameters?.some((parameter) => parameter.in === 'path') && !name.includes('/api/workflows/')
    if (one) t.ok(responses[404], `${name}: 404`)
    t.ok(responses[401]?.headers?.['www-authenticate'], `${name}: 401 says what to send`)
    t.ok(responses[503]?.headers?.['retry-after'], `${name}: 503 says when`)
  }
})

t.test('it is an OpenAPI 3.1 document', async (t) => {
  t.match(document.openapi, /^3\.1\.\d+$/)
  t.ok(document.info.title)
  t.match(document.info.version, /^\d+\.\d+\.\d+/)
  t.same(Object.keys(document.components.securitySchemes), ['bearer', 'basic'])
  const ids = operations.map(([, , { operationId }]) => operationId)
  t.equal(new Set(ids).size, ids.length, 'operation ids are unique')
  for (const [name, path, { parameters = [], responses, security, requestBody }] of operations) {
    const places = parameters.map((parameter) => `${parameter.in} ${parameter.name}`)
    t.equal(new Set(places).size, places.length, `${name}: no parameter twice`)
    const inPath = parameters.filter((parameter) => parameter.in === 'path')
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one)
    t.same(inPath.map((parameter) => parameter.name).sort(), named.sort(), `${name}: parameters of its path`)
    for (const parameter of parameters) {
      t.match(parameter.in, /^(path|query|header)$/, `${name}: ${parameter.name}`)
      t.equal(parameter.required === true, parameter.in === 'path', `${name}: ${parameter.name}`)
      t.type(parameter.schema, 'object', `${name}: ${parameter.name}`)
    }
    t.ok(
      Object.keys(responses).some((status) => /^2\d\d$/.test(status)),
      `${name}: it can succeed`,
    )
    for (const status of Object.keys(responses)) t.match(status, /^[2-5]\d\d$/, name)
    for (const scheme of security.flatMap(Object.keys)) t.match(scheme, /^(bearer|basic)$/, name)
    const media = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)]
    for (const [type, one] of media.flatMap(
      (content) => Object.entries(content ?? {}) as [string, Media][],
    )) {
      t.match(type, /^[\w*]+\/[\w.+*-]+$/, `${name}: ${type}`)
      t.type(one.schema, 'object', `${name}: ${type}`)
    }
  }
  for (const [path, node] of nodesOf(document)) {
    if (typeof node.$ref === 'string') t.ok(componentOf(document, node.$ref), `${path}: ${node.$ref}`)
    t.notOk('nullable' in node && typeof node.nullable === 'boolean', `${path}: nullable is 3.0`)
  }
})

t.test('bytes, streams and lines are told as what they are', async (t) => {
  const media = (name: string, status = '200') =>
    Object.keys(byName.get(name)?.responses[status]?.content ?? {})
  const otlp = ['application/json', 'application/x-protobuf']
  for (const path of ['/v1/traces', '/v1/logs', '/v1/metrics', '/api/public/otel/v1/traces']) {
    t.same(Object.keys(byName.get(`POST ${path}`)?.requestBody?.content ?? {}), otlp, path)
    t.same(media(`POST ${path}`), otlp, path)
    t.same(media(`POST ${path}`, '503'), otlp, path)
  }
  t.same(media('GET /api/executions/{execution}/trace/stream'), ['text/event-stream'])
  t.same(media('GET /api/executions/{execution}/trace', '404'), ['application/problem+json'])
  t.same(media('GET /api/audit'), ['application/json', 'application/x-ndjson'])
  const upload = byName.get('PUT /api/executions/{execution}/artifacts/{artifact}')
  t.same(Object.keys(upload?.requestBody?.content ?? {}), ['*/*'])
})

t.test('it is for everyone, may be kept, and is asked again by its tag', async (t) => {
  for (const path of ['/openapi.json', '/docs', '/docs.css']) {
    const answer = await app.inject(path)
    t.equal(answer.statusCode, 200, path)
    t.match(answer.headers['cache-control'], /^public/)
    const again = await app.inject({ url: path, headers: { 'if-none-match': String(answer.headers.etag) } })
    t.equal(again.statusCode, 304, path)
    t.equal(again.payload, '')
  }
})

t.test('the page has everything and runs nothing', async (t) => {
  const { payload: page, headers } = await app.inject('/docs')
  t.match(headers['content-type'], 'text/html')
  t.match(headers['content-security-policy'], /^default-src 'none'; style-src 'self'; /)
  t.notMatch(page, /<script|<style|style=|javascript:|\son\w+=|https?:\/\//i)
  t.match(page, '<link rel="stylesheet" href="docs.css">')
  const hostile = { ...document, info: { ...document.info, title: '<script>"\'&' } }
  t.match(docsPage(hostile), '<h1>&lt;script&gt;&quot;&#39;&amp; ', 'texts are escaped')
  const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
  for (const [name, , { operationId }] of operations) t.ok(anchors.has(operationId), name)
  for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) t.ok(anchors.has(id), `#${id}`)
  for (const scope of SCOPES.filter((scope) => scope !== 'content:read')) t.match(page, scope)
})

t.test('behind a base path, the server is there', async (t) => {
  const { app } = await service(t, { TRACE_BASE_PATH: '/traces' })
  const mounted = (await app.inject('/traces/openapi.json')).json<OpenApi>()
  t.strictSame(
    mounted.servers.map(({ url }) => url),
    ['/traces'],
  )
  t.strictSame(
    document.servers.map(({ url }) => url),
    ['/'],
  )
  t.strictSame(Object.keys(mounted.paths), Object.keys(document.paths))
})
