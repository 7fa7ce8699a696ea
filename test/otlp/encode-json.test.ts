import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { decodeTraceRequest, encodeTraceRequestJson } from '../../src/otlp/index.ts'
import { mutate, mutation, traceRequest } from './arbitraries.ts'

const numRuns = Number(process.env.FUZZ_RUNS ?? 1000)
const options = process.env.FUZZ_SEED ? { numRuns, seed: Number(process.env.FUZZ_SEED) } : { numRuns }

t.test('what is written reads back as what it was', async () => {
  fc.assert(
    fc.property(traceRequest, (request) => {
      const text = encodeTraceRequestJson(request)
      return isDeepStrictEqual(decodeTraceRequest(Buffer.from(text), 'json'), request)
    }),
    options,
  )
})

t.test('mutated JSON is read or Undecodable', async () => {
  fc.assert(
    fc.property(traceRequest, fc.array(mutation, { minLength: 1, maxLength: 3 }), (request, changes) => {
      try {
        decodeTraceRequest(mutate(Buffer.from(encodeTraceRequestJson(request)), changes), 'json')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'TRACE_UNDECODABLE') throw error
      }
    }),
    options,
  )
})

t.test('the forms that OTLP/JSON wants', async (t) => {
  const attributes = new Map<string, bigint | number | Uint8Array | null>([
    ['int', 2n ** 53n + 1n],
    ['nan', Number.NaN],
    ['zero', -0],
    ['bytes', new Uint8Array([0xfb, 0xff])],
    ['empty', null],
  ])
  const text = encodeTraceRequestJson({
    resourceSpans: [{ resource: { attributes, droppedAttributesCount: 0, schemaUrl: '' }, scopeSpans: [] }],
  })
  t.strictSame(JSON.parse(text), {
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'int', value: { intValue: '9007199254740993' } },
            { key: 'nan', value: { doubleValue: 'NaN' } },
            { key: 'zero', value: { doubleValue: '-0' } },
            { key: 'bytes', value: { bytesValue: '+/8=' } },
            { key: 'empty', value: {} },
          ],
        },
        scopeSpans: [],
      },
    ],
  })
})
