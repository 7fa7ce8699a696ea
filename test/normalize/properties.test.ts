import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Attributes, AttributeValue } from '../../src/model/attributes.ts'
import { readContent } from '../../src/normalize/content.ts'
import { families } from '../../src/normalize/families/index.ts'
import { normalizeSpan } from '../../src/normalize/index.ts'
import { displayName } from '../../src/normalize/title.ts'
import { otlpSpan, resourceOf, scopeOf } from './support/sent.ts'

/** Keys that mean something, and hostile ones. */
const known = families.flatMap(({ fields, json, content, prefixes }) => [
  ...Object.values(fields ?? {}).flatMap((feeds) =>
    feeds.map((feed) => (typeof feed === 'string' ? feed : feed.key)),
  ),
  ...Object.keys(json ?? {}),
  ...(content ?? []).map((key) => key.replace('*', '0.message.content')),
  ...Object.keys(prefixes ?? {}).map((prefix) => `${prefix}execution_id`),
])
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...known) },
  fc.constantFrom(
    '__proto__',
    'llm.input_messages.999999999.message.role',
    'llm.input_messages.0.message.__proto__.x',
    'gen_ai.prompt.0.constructor.prototype',
    'gen_ai.prompt.-1.role',
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
)

/** Values of every wire type, and JSON texts that resemble messages. */
const messageLike = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.constant(null),
      fc.double(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'role',
          'content',
          'parts',
          'type',
          'messages',
          'tool_calls',
          'choices',
          'message',
          'function',
          'arguments',
          'lc',
          'id',
          'kwargs',
          'text',
          'output',
          'source',
          'data',
          'generations',
          '__proto__',
        ),
        fc.oneof(
          tie('value'),
          fc.constantFrom('user', 'tool', 'text', 'tool_call', 'image', 'blob', 'reasoning'),
        ),
        { maxKeys: 5 },
      ),
    ),
  }))
  .value.map((value) => JSON.stringify(value))

const value: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    messageLike,
    fc.constantFrom('LLM', 'CHAIN', 'chat', 'ERROR', 'ai.generateText', '"LLM"', '{"run_id":7}', '[[['),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  ),
})).value

const entries = fc.uniqueArray(fc.tuple(key, value), { selector: ([key]) => key, maxLength: 12 })
const bag: fc.Arbitrary<Attributes> = entries.map((entries) => new Map(entries))

const span = fc
  .record({
    name: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('call_llm', 'RunWorkflow:x', 'LangGraph')),
    startNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    endNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    statusCode: fc.integer({ min: -1, max: 5 }),
    statusMessage: fc.string(),
    parentSpanId: fc.constantFrom('', 'b2'.repeat(8), 'zz'),
    attributes: bag,
    events: fc.array(
      fc.record({
        name: fc.constantFrom('exception', 'prompt', 'response', 'gen_ai.choice', 'gen_ai.user.message', 'x'),
        timeNs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        attributes: bag,
        droppedAttributesCount: fc.nat(),
      }),
      { maxLength: 3 },
    ),
  })
  .map((over) => otlpSpan({ over }))

const resource = bag.map((attributes) => ({ ...resourceOf(), attributes }))

/** A span in a form that does not depend on the order of its attributes. */
function canonical(value: unknown): unknown {
  if (value instanceof Map) {
    return [...value]
      .map(([key, item]) => [key, canonical(item)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  }
  if (Array.isArray(value)) return value.map(canonical)
  if (value instanceof Uint8Array) return [...value]
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, canonical(item)]))
}

t.test('normalizing and reading never throw, and are the same each time', async () => {
  fc.assert(
    fc.property(span, resource, (span, resource) => {
      const first = normalizeSpan(span, resource, scopeOf())
      if (!('span' in first)) return
      assert.deepStrictEqual(canonical(normalizeSpan(span, resource, scopeOf())), canonical(first))
      const content = readContent(first.span)
      const text = JSON.stringify(content)
      if (text.includes('[object Object]')) throw new Error('an object was shown as text')
      if (typeof displayName(first.span) !== 'string') throw new Error('no name')
    }),
    { numRuns: 400 },
  )
})

t.test('the order of attributes does not matter', async () => {
  fc.assert(
    fc.property(span, resource, (span, resource) => {
      const turned = { ...span, attributes: new Map([...span.attributes].reverse()) }
      const other = { ...resource, attributes: new Map([...resource.attributes].reverse()) }
      const [a, b] = [normalizeSpan(span, resource, scopeOf()), normalizeSpan(turned, other, scopeOf())]
      assert.deepStrictEqual(canonical(b), canonical(a))
    }),
    { numRuns: 400 },
  )
})

t.test('normalizing what was kept gives the same span', async () => {
  fc.assert(
    fc.property(span, resource, (sent, resource) => {
      const first = normalizeSpan(sent, resource, scopeOf())
      if (!('span' in first)) return
      const { notices, ...kept } = first.span
      const again = normalizeSpan(
        {
          ...sent,
          ...kept,
          kind: kept.otelKind,
          parentSpanId: kept.parentSpanId ?? '',
          endNs: kept.endNs ?? 0n,
          attributes: new Map([...kept.attributes, ...kept.content]),
        },
        kept.resource,
        kept.scope,
      )
      if (!('span' in again)) throw new Error('refused what was kept')
      assert.deepStrictEqual(canonical({ ...again.span, notices: [] }), canonical({ ...kept, notices: [] }))
    }),
    { numRuns: 400 },
  )
})
