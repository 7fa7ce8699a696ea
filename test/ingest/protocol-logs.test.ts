import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { bearer, service } from '../http/service.ts'
import { statusType } from '../otlp/reference.ts'

/**
 * What OTLP/HTTP 1.11 says of every signal, for logs (traces: test/otlp/protocol.test.ts).
 */
const json = { 'content-type': 'application/json' }
const protobuf = { 'content-type': 'application/x-protobuf' }
const record = (over: object = {}) => ({
  timeUnixNano: '1544712660000000000',
  traceId: '5B8EFFF798038103D269B633813FC60C',
  spanId: 'eee19b7ec3c1b174',
  eventName: 'gen_ai.user.message',
  body: { kvlistValue: { values: [{ key: 'content', value: { stringValue: 'hello' } }] } },
  severityNumber: 9,
  ...over,
})
const request = (...logRecords: object[]) =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })

async function door(t: Test) {
  const { url, store } = await service(t)
  const written: string[] = []
  store.writeLogs = async (_writer, logs) => {
    written.push(...logs.map(({ traceId, spanId }) => `${traceId}/${spanId}`))
    return logs.length
  }
  const post = async (body: Buffer | string, headers: Record<string, string>) => {
    const answer = await fetch(`${url}/v1/logs`, {
      method: 'POST',
      headers: { ...bearer({ scope: 'traces:write' }), ...headers },
      body: body as BodyInit,
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, type: answer.headers.get('content-type'), bytes }
  }
  return { post, written }
}

t.test('full success is an empty message in the type of the request, plain and gzip', async (t) => {
  const { post, written } = await door(t)
  for (const [body, headers] of [
    [request(record()), json],
    [gzipSync(request(record())), { ...json, 'content-encoding': 'gzip' }],
  ] as const) {
    const answer = await post(body, headers)
    t.match(answer, { status: 200, type: 'application/json' })
    t.equal(answer.bytes.toString(), '{}')
  }
  const id = '5b8efff798038103d269b633813fc60c/eee19b7ec3c1b174'
  t.strictSame(written, [id, id], 'ids are hex, in any case')
})

t.test('an empty request SHOULD succeed in both encodings; unknown fields MUST be ignored', async (t) => {
  const { post, written } = await door(t)
  const binary = await post(Buffer.alloc(0), protobuf)
  t.match(binary, { status: 200, type: 'application/x-protobuf' })
  t.equal(binary.bytes.length, 0)
  for (const body of ['{}', '{"resourceLogs":[]}', '{"resourceLogs":[{"scopeLogs":[{"logRecords":[]}]}]}']) {
    t.equal((await post(body, json)).bytes.toString(), '{}', body)
  }
  t.equal(written.length, 0)
  t.equal((await post(request(record({ fieldOfTomorrow: [1] })), json)).bytes.toString(), '{}')
  t.equal((await post(Buffer.from('ba3e03616263', 'hex'), protobuf)).status, 200)
})

t.test('bad data MUST be 400, with a google.rpc.Status in the type of the request', async (t) => {
  const { post } = await door(t)
  const inJson = await post('1234', json)
  t.match(inJson, { status: 400, type: 'application/json' })
  t.match(JSON.parse(inJson.bytes.toString()), { code: 3, message: /./ })
  const binary = await post(Buffer.from('ff', 'hex'), protobuf)
  t.match(binary, { status: 400, type: 'application/x-protobuf' })
  t.match(statusType.toObject(statusType.decode(binary.bytes)), { code: 3, message: /./ })
})

t.test('partial success: rejected_log_records is exact, an int64 is a string in JSON', async (t) => {
  const { post, written } = await door(t)
  const bad = record({ traceId: '', spanId: '' })
  const answer = await post(request(record(), bad, bad), json)
  t.equal(answer.status, 200)
  const { partialSuccess } = JSON.parse(answer.bytes.toString())
  t.equal(partialSuccess.rejectedLogRecords, '2')
  t.match(partialSuccess.errorMessage, /./)
  t.equal(written.length, 1)
})
