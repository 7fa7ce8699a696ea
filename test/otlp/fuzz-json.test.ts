import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { decodeTraceRequest, encodeTraceRequestJson } from '../../src/otlp/index.ts'
import { mutate, mutation, traceRequest } from './arbitraries.ts'

/** Cases of each property; FUZZ_RUNS and FUZZ_SEED override (a failure prints its seed). */
const numRuns = Number(process.env.FUZZ_RUNS ?? 1500)
const options = process.env.FUZZ_SEED ? { numRuns, seed: Number(process.env.FUZZ_SEED) } : { numRuns }
const folder = new URL('../fixtures/otlp/', import.meta.url)
/** Captured exports of a size that a thousand mutations can go through. */
const bodies = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !name.includes('logs'))
  .map((name) => readFileSync(new URL(name, folder)))
  .filter((body) => body.length < 64 * 1024)

t.test('generated requests in JSON read as they were', async () => {
  fc.assert(
    fc.property(traceRequest, (request) =>
      isDeepStrictEqual(decodeTraceRequest(Buffer.from(encodeTraceRequestJson(request)), 'json'), request),
    ),
    options,
  )
})

t.test(
  'mutated JSON is read where it is JSON, or refused as undecodable, and nothing else happens',
  async (t) => {
    let read = 0
    let refused = 0
    t.ok(bodies.length > 0)
    fc.assert(
      fc.property(
        fc.oneof(
          {
            weight: 4,
            arbitrary: traceRequest.map((request) => Buffer.from(encodeTraceRequestJson(request))),
          },
          { weight: 1, arbitrary: fc.constantFrom(...bodies) },
        ),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (whole, changes, gently) => {
          const body = mutate(whole, gently ? changes.map(digit) : changes)
          try {
            decodeTraceRequest(body, 'json')
          } catch (error) {
            refused++
            return (error as NodeJS.ErrnoException).code === 'TRACE_UNDECODABLE'
          }
          read++
          // what is read is JSON to others, too
          return isJson(body)
        },
      ),
      options,
    )
    t.ok(read > numRuns / 50, `${read} were read`)
    t.ok(refused > numRuns / 20, `${refused} were refused`)
  },
)

/** A change that often leaves JSON behind: one byte becomes a digit. */
const digit = <Change extends { byte: number }>(change: Change) => ({
  ...change,
  kind: 'set',
  byte: 0x30 + (change.byte % 10),
})

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString())
    return true
  } catch {
    return false
  }
}
