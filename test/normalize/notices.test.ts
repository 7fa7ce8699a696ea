import t from 'tap'
import { normalizeSpan } from '../../src/normalize/index.ts'
import { normalized, otlpSpan, resourceOf, scopeOf } from './support/sent.ts'

const codes = (traceState: string) => normalized({ over: { traceState } }).notices.map(({ code }) => code)

t.test('a sender that says it samples is believed', (t) => {
  for (const state of ['ot=th:8', 'a=b,ot=rv:1;th:c0', 'ot=p:2;r:8', 'ot=th:c;rv:0f'])
    t.strictSame(codes(state), ['sampled'], state)
  for (const state of ['', 'ot=th:0', 'ot=p:0', 'vendor=th:8', 'ot=x', 'not=th:8'])
    t.strictSame(codes(state), [], state)
  t.end()
})

t.test('the sampled flag tells nothing: Python’s SDK never sets it, JavaScript’s always', (t) => {
  for (const flags of [0, 0x100, 0x101, 0x300, 0x301]) {
    t.strictSame(normalized({ over: { flags } }).notices, [], `0x${flags.toString(16)}`)
  }
  t.end()
})

t.test('a version of the conventions that is not known is told', (t) => {
  const told = (schemaUrl: string) => {
    const resource = resourceOf({})
    const result = normalizeSpan(otlpSpan({}), { ...resource, schemaUrl }, scopeOf())
    return 'span' in result ? result.span.notices.map(({ code }) => code) : null
  }
  t.strictSame(told('https://opentelemetry.io/schemas/1.99.0'), ['unknown_convention'])
  t.strictSame(told('https://opentelemetry.io/schemas/2.0.0'), ['unknown_convention'])
  for (const known of [
    '',
    'https://opentelemetry.io/schemas/1.44.0',
    'https://opentelemetry.io/schemas/1.9.0',
    'x',
  ]) {
    t.strictSame(told(known), [], known)
  }
  t.end()
})
