import t from 'tap'
import { isContentEvent } from '../../src/normalize/content.ts'
import { displayName } from '../../src/normalize/title.ts'
import { expectAll } from './support/expect.ts'
import { attributes, normalized } from './support/sent.ts'

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
  {
    family: 'RabbitMQ: a message that was not taken',
    sent: {
      name: 'orders process',
      scope: '@opentelemetry/instrumentation-amqplib',
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.destination': '',
        'messaging.rabbitmq.routing_key': 'orders',
        'messaging.operation': 'process',
      },
      over: { statusCode: 2, statusMessage: 'nack called on message without requeue' },
    },
    seen: {
      kind: 'downstream',
      status: 'error',
      errorMessage: 'nack called on message without requeue',
    },
  },
  {
    family: 'Celery: its tasks name no messaging system',
    sent: {
      name: 'run/shop.charge',
      scope: 'opentelemetry.instrumentation.celery',
      attributes: {
        'celery.action': 'run',
        'celery.state': 'FAILURE',
        'messaging.destination': 'celery',
        'messaging.message.id': '0f26271b',
        'celery.task_name': 'shop.charge',
      },
      events: [
        {
          name: 'exception',
          attributes: { 'exception.type': 'ValueError', 'exception.message': 'card declined' },
        },
      ],
      over: { statusCode: 2 },
    },
    seen: { kind: 'downstream', status: 'error', errorType: 'ValueError', errorMessage: 'card declined' },
  },
  {
    family: 'BullMQ: a job that failed ends its span well and tells of it in an event',
    sent: {
      name: 'process mails',
      scope: 'bullmq',
      attributes: {
        'bullmq.queue.name': 'mails',
        'bullmq.queue.operation': 'process',
        'bullmq.job.id': '2',
        'bullmq.job.name': 'bad',
      },
      events: [{ name: 'job failed', attributes: { 'bullmq.job.failed.reason': 'no such mailbox' } }],
    },
    seen: { kind: 'downstream', status: 'error', errorMessage: 'no such mailbox' },
  },
  {
    family: 'AWS Lambda: an invocation that does not tell what triggered it',
    sent: {
      name: 'orders-fn',
      scope: '@opentelemetry/instrumentation-aws-lambda',
      attributes: {
        'faas.invocation_id': 'req-1',
        'cloud.resource_id': 'arn:aws:lambda:eu-west-1:123456789012:function:orders-fn',
        'faas.coldstart': true,
      },
    },
    seen: { kind: 'downstream', status: 'ok' },
  },
])

t.test('a call of a service keeps the name that says more than its system or method', async (t) => {
  const titleOf = (name: string, sent: Record<string, unknown>) =>
    displayName(normalized({ name, attributes: sent }))
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
  // senders to a queue tell no operation: the destination alone says less than their span's name
  const queue = { 'messaging.system': 'rabbitmq', 'messaging.destination': 'orders' }
  t.equal(titleOf('publish orders', queue), 'publish orders')
  t.equal(titleOf('x', { ...queue, 'messaging.operation': 'process' }), 'process orders')
  t.equal(
    titleOf('run/shop.charge', { 'celery.task_name': 'shop.charge', 'messaging.destination': 'celery' }),
    'run/shop.charge',
  )
})

t.test('what a job answered or failed with is content of its event', async (t) => {
  const event = (key: string) => isContentEvent({ name: 'job', attributes: attributes({ [key]: 'x' }) })
  t.ok(event('bullmq.job.result'))
  t.ok(event('bullmq.job.failed.reason'))
  t.notOk(event('bullmq.job.id'))
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
