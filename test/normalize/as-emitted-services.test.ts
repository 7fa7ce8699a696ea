import t from 'tap'
import { displayName } from '../../src/normalize/title.ts'
import { expectAll } from './support/expect.ts'
import { normalized } from './support/sent.ts'

expectAll([
  {
    family: 'MCP: the SDK’s own span of a call names its tool in the span’s name alone',
    sent: {
      name: 'MCP send tools/call get_weather',
      scope: 'mcp-python-sdk',
      attributes: { 'mcp.method.name': 'tools/call', 'jsonrpc.request.id': '3' },
    },
    seen: { kind: 'tool', status: 'ok' },
  },
  {
    family: 'MCP: a tool that failed, as its server tells it',
    sent: {
      name: 'tools/call boom',
      scope: 'fastmcp',
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'boom',
        'error.type': 'tool_error',
      },
      over: { statusCode: 2, statusMessage: "Error calling tool 'boom': boom" },
    },
    seen: { kind: 'tool', errorType: 'tool_error', errorMessage: "Error calling tool 'boom': boom" },
  },
  {
    family: 'gRPC: the client’s message of a failure is an attribute, its status has none',
    sent: {
      name: 'grpc.shop.Stock/Fail',
      attributes: {
        'rpc.system': 'grpc',
        'rpc.service': 'shop.Stock',
        'rpc.method': 'Fail',
        'rpc.grpc.status_code': 5,
        'grpc.error_message': '5 NOT_FOUND: no such thing',
      },
      over: { statusCode: 2 },
    },
    seen: { kind: 'downstream', errorType: 'grpc 5', errorMessage: '5 NOT_FOUND: no such thing' },
  },
])

t.test('a call of a service keeps the name that says more than its system or method', async (t) => {
  const titleOf = (name: string, attributes: Record<string, unknown>) =>
    displayName(normalized({ name, attributes }))
  const query = { 'db.system.name': 'postgresql', 'db.namespace': 'shop' }
  t.equal(titleOf('pg.query:SELECT shop', query), 'pg.query:SELECT shop')
  t.equal(
    titleOf('x', { ...query, 'db.operation.name': 'SELECT', 'db.collection.name': 'orders' }),
    'SELECT orders',
  )
  t.equal(
    titleOf('MCP send prompts/get ask', { 'mcp.method.name': 'prompts/get' }),
    'MCP send prompts/get ask',
  )
  t.equal(
    titleOf('resources/read', { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': 'weather://paris' }),
    'resources/read weather://paris',
  )
})

t.test('the values of a query are content, whichever instrumentation adds them', async (t) => {
  for (const key of ['db.postgresql.values', 'db.mysql.values', 'db.statement.parameters']) {
    const span = normalized({
      attributes: { 'db.system.name': 'postgresql', [key]: ['42', 'ada@example.com'] },
    })
    t.ok(span.content.has(key), key)
    t.notOk(span.attributes.has(key), key)
  }
})
