import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { AttributeValue } from '../../src/model/attributes.ts'
import type { TraceRequest } from '../../src/model/otlp.ts'
import { decodeTraceRequest } from '../../src/otlp/index.ts'
import { mutate, mutation, traceRequest } from './arbitraries.ts'
import { decodeByReference, encodeByReference } from './reference.ts'

/** Cases of each property; FUZZ_RUNS and FUZZ_SEED override (a failure prints its seed). */
const numRuns = Number(process.env.FUZZ_RUNS ?? 1500)
const options = process.env.FUZZ_SEED ? { numRuns, seed: Number(process.env.FUZZ_SEED) } : { numRuns }
const folder = new URL('../fixtures/otlp/', import.meta.url)
const bodies = readdirSync(folder)
  .filter((name) => name.endsWith('.pb'))
  .map((name) => readFileSync(new URL(name, folder)))

t.test('the captured exports read as the reference reads them', async (t) => {
  t.ok(bodies.length >= 3)
  for (const body of bodies)
    t.strictSame(comparable(decodeTraceRequest(body, 'protobuf')), comparable(decodeByReference(body)))
})

t.test('generated requests read as the reference reads them, and as they were', async () => {
  fc.assert(
    fc.property(traceRequest, (request) => {
      const body = encodeByReference(request)
      const ours = decodeTraceRequest(body, 'protobuf')
      for (const { scopeSpans } of ours.resourceSpans) {
        for (const { spans } of scopeSpans) for (const span of spans) span.clean = false
      }
      return (
        isDeepStrictEqual(ours, request) &&
        isDeepStrictEqual(comparable(ours), comparable(decodeByReference(body)))
      )
    }),
    options,
  )
})

t.test('mutated requests are read as the reference reads them, or refused as it refuses them', async (t) => {
  let read = 0
  let refused = 0
  fc.assert(
    fc.property(
      fc.oneof(traceRequest.map(encodeByReference), fc.constantFrom(...bodies)),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (whole, changes) => {
        const body = mutate(whole, changes)
        const ours = attempt(() => decodeTraceRequest(body, 'protobuf'))
        if (ours instanceof Error) {
          refused++
          if ((ours as NodeJS.ErrnoException).code !== 'TRACE_UNDECODABLE') throw ours
          if (wanted.test(ours.message)) return true
          return attempt(() => decodeByReference(body)) instanceof Error
        }
        read++
        const theirs = attempt(() => decodeByReference(body))
        return !(theirs instanceof Error) && isDeepStrictEqual(comparable(ours), comparable(theirs))
      },
    ),
    { ...options, numRuns: numRuns * 2 },
  )
  t.ok(read > numRuns / 20, `${read} were read`)
  t.ok(refused > numRuns / 20, `${refused} were refused`)
})

/** The differences we want: groups are skipped there, and of a varint of more than ten bytes protobufjs reads ten. */
const wanted = /a group|a varint of more than 10 bytes/

function attempt(decode: () => TraceRequest): TraceRequest | Error {
  try {
    return decode()
  } catch (error) {
    return error as Error
  }
}

/** Without repairs and what is known of texts (the reference has none); one U+FFFD for each run of them (readers differ in how many they put). */
function comparable(request: TraceRequest): unknown {
  return normal(request as unknown as AttributeValue)
}

function normal(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\ufffd+/g, '\ufffd')
  if (value instanceof Uint8Array) return Array.from(value)
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [normal(key), normal(item)]))
  if (Array.isArray(value)) return value.map(normal)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'repairs' ? [] : key === 'clean' ? false : normal(item),
    ]),
  )
}
