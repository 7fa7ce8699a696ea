import type { FastifySchema, RouteOptions } from 'fastify'
import { type TSchema, Type } from 'typebox'
import { Problem } from '../schemas/common.ts'
import { RpcStatus } from '../schemas/otlp.ts'
import { binary, type Described, type DescribedAnswer, type DescribedHeaders } from './described.ts'
import { COMMON_REFUSALS, refusalOf } from './refusals.ts'
import { wordOf } from './words.ts'

type Node = Record<string, unknown>

/** What swagger reads of a route: its schema, and where the media types of bodies and answers are told apart. */
export type OperationSchema = FastifySchema & { hide?: boolean; 'x-scope'?: string }

/** `google.rpc.Status`, in the two encodings of OTLP. */
const STATUS_CONTENT = {
  'application/json': { schema: RpcStatus },
  'application/x-protobuf': { schema: binary('the same as `google.rpc.Status` in protobuf') },
}

/** A route as the document has it: made of its schema, its scope and what `config.described` adds. */
export function operationOf(route: RouteOptions): OperationSchema {
  const { config, schema = {} } = route
  const described = config?.described
  if (described === null || described === undefined) return { hide: true }
  const scope = config?.scope
  const body = bodyOf(described, schema)
  return {
    operationId: operationId(String(route.method), route.url),
    tags: [described.tag],
    summary: described.summary ?? schema.summary ?? '',
    description: [described.description ?? schema.description, scopeSentence(scope, described)]
      .filter(Boolean)
      .join('\n\n'),
    ...fields('params', schema.params ?? paramsOf(route.url), {}),
    ...fields('querystring', schema.querystring, described.query ?? {}),
    ...fields('headers', schema.headers, headerFields(described.headers ?? [])),
    ...(body === undefined ? {} : { body }),
    response: answersOf(route, described),
    security: securityOf(scope, described),
    ...(scope === undefined ? {} : { 'x-scope': scope }),
  }
}

function scopeSentence(scope: string | undefined, { open }: Described): string {
  if (scope === undefined) return 'Asks for no token.'
  return open ? `Asks for the scope \`${scope}\`, or for a signed id.` : `Asks for the scope \`${scope}\`.`
}

function securityOf(scope: string | undefined, { basic, open }: Described): Record<string, string[]>[] {
  if (scope === undefined) return []
  return [{ bearer: [scope] }, ...(basic ? [{ basic: [scope] }] : []), ...(open ? [{}] : [])]
}

/** Parameters of one place, described, and intersections as one object. */
function fields(where: string, schema: unknown, more: Record<string, unknown>): Node {
  const { properties, required } = flat(schema as Node | undefined)
  const all: Node = { ...properties, ...more }
  if (Object.keys(all).length === 0) return {}
  const described = Object.entries(all).map(([name, field]) => {
    const { description, ...rest } = field as Node
    return [name, { ...rest, description: description ?? wordOf(name) }]
  })
  return { [where]: { type: 'object', required, properties: Object.fromEntries(described) } }
}

/** The parameters of a path whose route checks none. */
function paramsOf(url: string): Node {
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name]) => name as string)
  return { properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])), required: names }
}

function flat(schema: Node | undefined): { properties: Node; required: string[] } {
  const parts = ((schema?.allOf as Node[] | undefined) ?? (schema === undefined ? [] : [schema])).map(
    (part) => (part.allOf === undefined ? part : (flat(part) as unknown as Node)),
  )
  return {
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    // what has a default may be left out, whatever the type says of the value that arrives
    required: parts.flatMap((part) =>
      ((part.required as string[] | undefined) ?? []).filter(
        (name) => (part.properties as Record<string, Node>)[name]?.default === undefined,
      ),
    ),
  }
}

/** Headers as fields that may be left out. */
function headerFields(headers: DescribedHeaders): Record<string, TSchema> {
  const texts = Array.isArray(headers) ? headers.map((name) => [name, wordOf(name)]) : Object.entries(headers)
  return Object.fromEntries(texts.map(([name, description]) => [name, Type.String({ description })]))
}

function bodyOf({ body }: Described, schema: FastifySchema): Node | undefined {
  if (body !== undefined) return { content: body }
  if (schema.body === undefined) return undefined
  return { content: { 'application/json': { schema: schema.body } } }
}

/** Every answer by status: the good ones of the schema and of `described`, then the refusals. */
function answersOf(route: RouteOptions, described: Described): Node {
  const declared = (route.schema?.response ?? {}) as Record<string, Node>
  const answers: Node = {}
  const good = [...Object.keys(declared), ...Object.keys(described.answers ?? {})].map(Number)
  for (const status of [...new Set(good)].filter((one) => one < 400).sort()) {
    answers[status] = answer(declared[status], described.answers?.[status] ?? {})
  }
  const refused = [
    ...(route.config?.scope === undefined ? [] : COMMON_REFUSALS),
    ...(route.schema?.params === undefined ? [] : [400]),
    ...(described.refuses ?? []),
    ...Object.keys(described.answers ?? {})
      .map(Number)
      .filter((one) => one >= 400),
    ...Object.keys(declared)
      .map(Number)
      .filter((one) => one >= 400),
  ]
  for (const status of [...new Set(refused)].sort()) {
    const refusal = refusalOf(status)
    const own = described.answers?.[status]
    const content =
      described.refusedAs === 'status' ? STATUS_CONTENT : { 'application/problem+json': { schema: Problem } }
    answers[status] = answer(undefined, { ...refusal, content, ...own })
  }
  return answers
}

function answer(schema: Node | undefined, { description, headers, content }: DescribedAnswer): Node {
  const media = content ?? (schema === undefined ? undefined : { 'application/json': { schema } })
  return {
    description: description ?? schema?.description ?? '',
    headers: { ...headerFields(['x-request-id']), ...headerFields(headers ?? []) },
    ...(media === undefined ? { type: 'null' } : { content: media }),
  }
}

/** `GET /api/executions/:execution/trace` → `getApiExecutionsExecutionTrace`. */
function operationId(method: string, url: string): string {
  const words = url.split(/[^A-Za-z0-9]+/).filter(Boolean)
  const name = words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
  return `${method.toLowerCase()}${name || 'Root'}`
}
