import { json, made } from './set.ts'

/** Calls of other services, and what nobody knows. */
export const others = {
  orcheo: made({ scope: 'orcheo.workflow', resource: { 'service.name': 'orcheo-backend' } }, [
    [
      1,
      0,
      'workflow.execution',
      { 'orcheo.execution.id': 'ex-o', 'orcheo.workflow.id': 'wf-o' },
      {
        statusCode: 2,
        statusMessage: 'User stopped it',
        said: [{ name: 'workflow.cancelled', attributes: { reason: 'User stopped it' } }],
      },
    ],
    [
      2,
      1,
      'Ask',
      {
        'orcheo.node.id': 'ask',
        'orcheo.node.display_name': 'Ask',
        'orcheo.node.kind': 'AgentNode',
        'orcheo.node.status': 'failed',
        'orcheo.node.latency_ms': 1200,
        'orcheo.ai.kind': 'llm',
        'orcheo.ai.model.requested': 'openai:gpt-4o',
        'orcheo.token.input': 9,
        'orcheo.token.output': 1,
        'orcheo.error.code': 'E42',
        'orcheo.artifact.ids': ['a-1'],
      },
      {
        said: [
          { name: 'prompt', attributes: { preview: 'Hi' } },
          { name: 'response', attributes: { text: 'Yo', tone: 'kind' } },
          { name: 'error.detail', attributes: { message: 'quota' } },
        ],
      },
    ],
  ]),
  mcp: made({ scope: 'mcp', resource: { 'service.name': 'mcp' } }, [
    [
      1,
      0,
      'tools/call search',
      {
        'mcp.method.name': 'tools/call',
        'mcp.session.id': 'm-1',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'search',
        'gen_ai.tool.call.arguments': json({ q: 'x' }),
        'rpc.system': 'jsonrpc',
        'rpc.jsonrpc.version': '2.0',
      },
    ],
    [2, 1, 'resources/read', { 'mcp.method.name': 'resources/read', 'mcp.resource.uri': 'file:///a.txt' }],
  ]),
  downstream: made({ scope: 'otel', resource: { 'service.name': 'shop' } }, [
    [
      1,
      0,
      'GET',
      {
        'http.method': 'GET',
        'http.target': '/orders?id=1',
        'http.host': 'shop.example.com',
        'http.status_code': 200,
      },
      { kind: 2 },
    ],
    [
      2,
      1,
      'GET',
      {
        'http.request.method': 'GET',
        'url.full': 'https://user:pass@api.example.com:8443/v1/items/7?key=1',
        'http.response.status_code': 503,
      },
      { kind: 3, statusCode: 2 },
    ],
    [
      3,
      1,
      'SELECT',
      {
        'db.system.name': 'postgresql',
        'db.operation.name': 'SELECT',
        'db.collection.name': 'orders',
        'db.query.text': 'select * from orders where id = $1',
      },
    ],
    [4, 1, 'redis', { 'db.system': 'redis', 'db.statement': 'GET a' }],
    [
      5,
      1,
      'rpc',
      { 'rpc.system': 'grpc', 'rpc.service': 'shop.Cart', 'rpc.method': 'Add', 'rpc.grpc.status_code': 14 },
      { statusCode: 2 },
    ],
    [
      6,
      1,
      'publish',
      {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'publish',
        'messaging.destination.name': 'orders',
      },
    ],
    [7, 1, 'invoke', { 'faas.invoked_name': 'resize', 'faas.trigger': 'http' }],
    [
      8,
      1,
      'query',
      {
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Cart',
        'graphql.document': 'query Cart { id }',
      },
    ],
  ]),
  unknown: made(
    { scope: 'my.own', resource: { 'service.name': 'unknown_service:node', 'baggage.execution_id': 'ex-b' } },
    [
      [
        1,
        0,
        'whatever',
        {
          'acme.color': 'red',
          'acme.nested': { a: [1, 2] },
          input: json({ q: 1 }),
          'baggage.thread_id': 'th-b',
        },
      ],
      [2, 1, 'fails', { 'error.type': 'timeout' }, { statusCode: 2, statusMessage: 'took too long' }],
    ],
  ),
}
