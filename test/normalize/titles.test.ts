import t from 'tap'
import { displayName } from '../../src/normalize/title.ts'
import { normalized, type Sent } from './support/sent.ts'

/** Span name, attributes, what the row is called. */
const TITLES: readonly (readonly [string, Sent['attributes'], string])[] = [
  [
    'GET',
    { 'http.request.method': 'GET', 'url.full': 'https://u:p@api.example.com:8443/a/b?x=1#y' },
    'GET api.example.com/a/b',
  ],
  [
    'GET',
    { 'http.method': 'GET', 'http.host': 'h', 'http.route': '/o/{id}', 'http.target': '/o/1?q' },
    'GET h/o/{id}',
  ],
  [
    'query',
    { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'db.collection.name': 'o' },
    'SELECT o',
  ],
  ['redis-GET', { 'db.system': 'redis' }, 'redis-GET'],
  ['call', { 'rpc.system': 'grpc', 'rpc.service': 'p.S', 'rpc.method': 'M' }, 'p.S/M'],
  [
    'send',
    { 'messaging.system': 'kafka', 'messaging.operation.type': 'send', 'messaging.destination.name': 't' },
    'send t',
  ],
  ['gql', { 'graphql.operation.type': 'query', 'graphql.operation.name': 'Orders' }, 'query Orders'],
  ['fn', { 'faas.trigger': 'http', 'faas.name': 'resize' }, 'resize'],
  ['mcp', { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': 'file://x' }, 'resources/read file://x'],
]

for (const [name, attributes = {}, title] of TITLES) {
  t.test(`a downstream span is called ${title}`, async (t) => {
    const span = normalized({ name, attributes })
    t.equal(span.kind, 'downstream')
    t.equal(displayName(span), title)
  })
}

t.test('a node is called by its name, a tool and an agent by theirs, the rest as sent', async (t) => {
  const title = (name: string, attributes: Sent['attributes'] = {}) =>
    displayName(normalized({ name, attributes }))
  t.equal(title('node', { 'orcheo.node.id': 'n1', 'orcheo.node.display_name': 'Fetch' }), 'Fetch')
  t.equal(title('execute_tool x', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'x' }), 'x')
  t.equal(
    title('ai.generateText', { 'ai.operationId': 'ai.generateText', 'ai.telemetry.functionId': 'f' }),
    'f',
  )
  t.equal(title('chat m', { 'gen_ai.operation.name': 'chat', 'http.request.method': 'POST' }), 'chat m')
})
