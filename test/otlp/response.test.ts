import t from 'tap'
import {
  CONTENT_TYPE,
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeStatus,
  encodeTraceResponse,
} from '../../src/otlp/index.ts'
import { logsResponseType, statusType, traceResponseType } from './reference.ts'

const plain = { longs: Number, defaults: false }

t.test('full success is zero bytes, in JSON {}', async (t) => {
  for (const encode of [encodeTraceResponse, encodeLogsResponse, encodeMetricsResponse]) {
    t.equal(encode('protobuf', { rejected: 0, message: '' }).length, 0)
    t.equal(encode('json', { rejected: 0, message: '' }).toString(), '{}')
  }
})

t.test('partial success, and a warning with nothing rejected', async (t) => {
  const cases = [
    { rejected: 3, message: 'two ids are wrong, ключ' },
    { rejected: 0, message: 'a warning' },
    { rejected: 5_000_000_000, message: '' },
    { rejected: 128, message: 'x'.repeat(1000) },
  ]
  for (const result of cases) {
    const said = (field: string) => ({
      partialSuccess: {
        ...(result.rejected ? { [field]: result.rejected } : {}),
        ...(result.message ? { errorMessage: result.message } : {}),
      },
    })
    const traces = traceResponseType.decode(encodeTraceResponse('protobuf', result))
    t.strictSame(traceResponseType.toObject(traces, plain), said('rejectedSpans'))
    const logs = logsResponseType.decode(encodeLogsResponse('protobuf', result))
    t.strictSame(logsResponseType.toObject(logs, plain), said('rejectedLogRecords'))
  }
  t.strictSame(JSON.parse(encodeTraceResponse('json', { rejected: 3, message: 'm' }).toString()), {
    partialSuccess: { rejectedSpans: '3', errorMessage: 'm' },
  })
  t.strictSame(JSON.parse(encodeLogsResponse('json', { rejected: 3, message: '' }).toString()), {
    partialSuccess: { rejectedLogRecords: '3' },
  })
})

t.test('google.rpc.Status in both encodings', async (t) => {
  for (const status of [
    { code: 14, message: 'the database is away' },
    { code: 0, message: '' },
  ]) {
    const message = statusType.decode(encodeStatus('protobuf', status))
    t.strictSame(statusType.toObject(message, { defaults: true }), { ...status, details: [] })
    t.strictSame(JSON.parse(encodeStatus('json', status).toString()), status)
  }
  t.strictSame(CONTENT_TYPE, { protobuf: 'application/x-protobuf', json: 'application/json' })
})
