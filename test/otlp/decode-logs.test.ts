import { readFileSync } from 'node:fs'
import t from 'tap'
import { limits } from '../../src/limits.ts'
import { decodeLogsRequest } from '../../src/otlp/index.ts'
import { logsRequestType } from './reference.ts'
import { len, nested, varintField } from './wire-bytes.ts'

const undecodable = { code: 'TRACE_UNDECODABLE', statusCode: 400 }
const json = (record: string) =>
  decodeLogsRequest(Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`), 'json')

const sent = {
  resourceLogs: [
    {
      resource: {
        attributes: [{ key: 'service.name', value: { stringValue: 'svc' } }],
        droppedAttributesCount: 1,
      },
      schemaUrl: 'r',
      scopeLogs: [
        {
          scope: { name: 'lib', version: '1' },
          schemaUrl: 's',
          logRecords: [
            {
              timeUnixNano: 7,
              observedTimeUnixNano: 9,
              severityNumber: 17,
              severityText: 'ERROR',
              body: { kvlistValue: { values: [{ key: 'content', value: { stringValue: 'hi' } }] } },
              attributes: [{ key: 'a', value: { boolValue: true } }],
              droppedAttributesCount: 2,
              flags: 1,
              traceId: 'ab'.repeat(16),
              spanId: 'cd'.repeat(8),
              eventName: 'gen_ai.choice',
            },
          ],
        },
      ],
    },
  ],
}

t.test('protobuf and JSON say the same, field for field', async (t) => {
  const asBytes = structuredClone(sent)
  // biome-ignore lint/suspicious/noExplicitAny: ids are bytes in protobuf and hex in JSON
  const record = asBytes.resourceLogs[0]?.scopeLogs[0]?.logRecords[0] as any
  record.traceId = Buffer.from(record.traceId, 'hex')
  record.spanId = Buffer.from(record.spanId, 'hex')
  const body = Buffer.from(logsRequestType.encode(logsRequestType.fromObject(asBytes)).finish())
  const read = decodeLogsRequest(body, 'protobuf')
  t.strictSame(read, decodeLogsRequest(Buffer.from(JSON.stringify(sent)), 'json'))
  t.strictSame(read.records, [
    {
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      flags: 1,
      timeNs: 7n,
      observedTimeNs: 9n,
      severity: 17,
      severityText: 'ERROR',
      eventName: 'gen_ai.choice',
      body: new Map([['content', 'hi']]),
      attributes: new Map([['a', true]]),
      droppedAttributesCount: 2,
      resource: { attributes: new Map([['service.name', 'svc']]), droppedAttributesCount: 1, schemaUrl: 'r' },
      scope: { name: 'lib', version: '1', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: 's' },
      defect: null,
      repairs: [],
    },
  ])
  for (let length = 0; length < body.length; length++) {
    if (length > 0) t.throws(() => decodeLogsRequest(body.subarray(0, length), 'protobuf'), undecodable)
  }
})

t.test('empty requests, and what is none', async (t) => {
  t.strictSame(decodeLogsRequest(Buffer.alloc(0), 'protobuf'), { records: [] })
  t.strictSame(decodeLogsRequest(Buffer.from('{}'), 'json'), { records: [] })
  for (const body of ['[]', '{"resourceLogs":5}', '{"resourceLogs":[{"scopeLogs":[5]}]}']) {
    t.throws(() => decodeLogsRequest(Buffer.from(body), 'json'), undecodable)
  }
})

t.test('hostile records: depth, bad UTF-8, wrong types, names, too many', async (t) => {
  const logs = (...fields: Buffer[]) => decodeLogsRequest(len(1, len(2, len(2, ...fields))), 'protobuf')
  t.strictSame(logs(len(5, nested(50_000))).records[0]?.repairs, ['too_deep'])
  t.strictSame(logs(len(12, Buffer.from([0xff])), varintField(2, 9)).records[0]?.repairs, ['invalid_utf8'])
  const told = decodeLogsRequest(
    len(1, len(2, len(2)), len(1, len(1, len(1, Buffer.from([0xff]))))),
    'protobuf',
  )
  t.strictSame(told.records[0]?.repairs, ['invalid_utf8'], 'of the resource')
  t.match(json('{"body":5},{"severityNumber":"SEVERITY_NUMBER_ERROR2"},{"traceId":"!"}').records, [
    { defect: /wrong type/ },
    { severity: 18, defect: null },
    { defect: /wrong type/ },
  ])
  const many = decodeLogsRequest(
    len(1, len(2, Buffer.alloc((limits.maxSpansPerRequest + 2) * 2, '\x12\x00'))),
    'protobuf',
  )
  t.equal(many.records.length, limits.maxSpansPerRequest)
  t.equal(many.surplusRecords, 2)
})

t.test('the captured log records', async (t) => {
  const body = readFileSync(
    new URL('../fixtures/otlp/opentelemetry-instrumentation-openai.logs.json', import.meta.url),
  )
  const { records } = decodeLogsRequest(body, 'json')
  t.ok(records.every(({ defect, repairs }) => defect === null && repairs.length === 0))
  t.ok(
    records.some(
      ({ eventName, attributes }) => (eventName || attributes.get('event.name')) === 'gen_ai.choice',
    ),
  )
})
