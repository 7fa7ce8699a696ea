import type { AttributeValue } from '../../model/attributes.ts'
import type { Family } from '../family.ts'

type Get = (key: string) => AttributeValue | undefined

/** The first of some attributes, new name before old, as text. */
export function first(get: Get, ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const value = get(key)
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  }
  return null
}

/** Words that are known, in their order; `null` = none is. */
export function joined(...words: readonly (string | null)[]): string | null {
  const kept = words.filter((word) => word !== null && word !== '')
  return kept.length > 0 ? kept.join(' ') : null
}

/** HTTP clients and servers. Their span name is often the bare method. */
export const http: Family = {
  name: 'http',
  verified: true,
  fields: {
    kindHint: [
      { key: 'http.request.method', is: 'downstream' },
      { key: 'http.method', is: 'downstream' },
    ],
    responseCode: ['http.response.status_code', 'http.status_code'],
  },
  content: ['http.request.body', 'http.response.body'],
  structure: ['url.full', 'http.url', 'http.target', 'url.query', 'url.path', 'user_agent.original'],
  title: (get) => {
    const method = first(get, 'http.request.method', 'http.method')
    if (method === null) return null
    const url = urlOf(first(get, 'url.full', 'http.url'))
    const host = first(get, 'server.address', 'net.peer.name', 'http.host') ?? url?.host ?? ''
    const path = first(get, 'http.route', 'url.template', 'url.path', 'http.target') ?? url?.path ?? ''
    return joined(method, host + withoutQuery(path))
  },
}

function urlOf(url: string | null): { host: string; path: string } | null {
  const parts = url === null ? null : /^[a-z][\w+.-]*:\/\/(?:[^/?#]*@)?([^/?#:]*)(?::\d+)?([^?#]*)/i.exec(url)
  return parts === null ? null : { host: parts[1] ?? '', path: parts[2] ?? '' }
}

function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/s, '')
}

/** Databases. A vector search is a retriever (`db.vector.*`). */
export const database: Family = {
  name: 'database',
  verified: true,
  fields: {
    kindHint: [
      { key: 'db.vector.query.top_k', is: 'retriever' },
      { key: 'db.system.name', is: 'downstream' },
      { key: 'db.system', is: 'downstream' },
    ],
    responseCode: ['db.response.status_code'],
  },
  content: [
    'db.query.text',
    'db.statement',
    'db.query.parameter.*',
    'db.operation.parameter.*',
    // what instrumentations add of the values of a query
    'db.postgresql.values',
    'db.mysql.values',
    'db.statement.parameters',
  ],
  structure: ['db.query.summary'],
  // the system alone says less than a name like `pg.query:SELECT orders`
  title: (get) => {
    if (first(get, 'db.system.name', 'db.system') === null) return null
    const operation = first(get, 'db.operation.name', 'db.operation')
    const target = first(
      get,
      'db.collection.name',
      'db.sql.table',
      'db.mongodb.collection',
      'db.namespace',
      'db.name',
    )
    return first(get, 'db.query.summary') ?? (operation === null ? null : joined(operation, target))
  },
}

/** Remote procedure calls. */
export const rpc: Family = {
  name: 'rpc',
  verified: true,
  fields: {
    kindHint: [
      { key: 'rpc.system.name', is: 'downstream' },
      { key: 'rpc.system', is: 'downstream' },
    ],
    errorMessage: ['grpc.error_message'],
    responseCode: [
      'rpc.status_code',
      'rpc.response.status_code',
      { key: 'rpc.grpc.status_code', read: grpcCode },
    ],
  },
  content: ['rpc.request.metadata.*', 'rpc.response.metadata.*'],
  title: (get) => {
    const method = first(get, 'rpc.method')
    const service = first(get, 'rpc.service')
    if (method === null || method.includes('/') || service === null) return method ?? service
    return `${service}/${method}`
  },
}

function grpcCode(value: AttributeValue): string | null {
  const code = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : 0
  return code > 0 ? `grpc ${code}` : null
}

/** Functions as a service. */
export const faas: Family = {
  name: 'faas',
  verified: true,
  fields: {
    kindHint: [
      { key: 'faas.trigger', is: 'downstream' },
      // an invocation whose event does not tell what triggered it
      { key: 'faas.invocation_id', is: 'downstream' },
      { key: 'faas.execution', is: 'downstream' },
      { key: 'faas.invoked_name', is: 'downstream' },
    ],
  },
  // `faas.name` alone is a resource's or a span's own function: no title without a call.
  title: (get) => first(get, 'faas.invoked_name') ?? (first(get, 'faas.trigger') && first(get, 'faas.name')),
}

/** GraphQL servers and clients. */
export const graphql: Family = {
  name: 'graphql',
  verified: true,
  fields: {
    kindHint: [
      { key: 'graphql.operation.type', is: 'downstream' },
      { key: 'graphql.operation.name', is: 'downstream' },
    ],
  },
  content: ['graphql.document', 'graphql.source', 'graphql.variables.*'],
  title: (get) => joined(first(get, 'graphql.operation.type'), first(get, 'graphql.operation.name')),
}
