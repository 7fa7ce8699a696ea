/**
 * What redaction costs with all default rules: microseconds of processor time for each mixed span, and the milliseconds of the slowest rule on 64 KiB of
 * input made against it.
 */
import type { Attributes } from '../src/model/attributes.ts'
import type { Span } from '../src/model/span.ts'
import { createRedactor, maskValue, redactSpan } from '../src/redact/index.ts'
import { startPass } from '../src/redact/pass.ts'
import type { Rule } from '../src/redact/rule.ts'
import { buildRuleSet } from '../src/redact/rule-set.ts'
import { formatRules } from '../src/redact/rules/formats.ts'
import { personalRules } from '../src/redact/rules/personal.ts'
import { secretRules } from '../src/redact/rules/secrets.ts'
import { exampleSpan } from '../test/redact/example-span.ts'
import { worstInputs } from '../test/redact/examples/worst.ts'

const words =
  'the model was asked to sum up the meeting notes of Tuesday and to list what is still open for the team '
const text = (size: number): string => words.repeat(Math.ceil(size / words.length)).slice(0, size)

function span(content: Attributes, attributes: Attributes): Span {
  return exampleSpan({ content, attributes })
}

const structure = (): Attributes =>
  new Map<string, string | bigint>([
    ['gen_ai.request.model', 'gpt-4.1-mini'],
    ['gen_ai.usage.input_tokens', 512n],
    ['gen_ai.usage.output_tokens', 128n],
    ['gen_ai.system', 'openai'],
    ['server.address', 'api.openai.com'],
    ['orcheo.node.id', 'summarize'],
    ['orcheo.node.kind', 'llm'],
    ['http.request.method', 'POST'],
  ])
const messages = (size: number): string =>
  JSON.stringify([
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content: text(size) },
  ])

const small = span(new Map(), structure())
const llm = span(
  new Map([
    ['gen_ai.input.messages', messages(2048)],
    ['gen_ai.output.messages', messages(2048)],
  ]),
  structure(),
)
const leaking = span(
  new Map([
    ['gen_ai.input.messages', `${messages(4000)} key ${'sk-'}${'ant-'}${'aB3dE5gH7jK9mN1pQ3rS5'.repeat(2)}`],
  ]),
  structure(),
)

const redactor = createRedactor({ idKey: Buffer.alloc(32, 1) })

/** Microseconds of processor time. */
function spent(work: () => void): number {
  const { user, system } = process.cpuUsage()
  work()
  const after = process.cpuUsage()
  return after.user - user + after.system - system
}

/** Microseconds of processor time for one call: the median of some rounds. */
function measure(work: () => void, times: number): number {
  const rounds: number[] = []
  for (let round = 0; round < 9; round++) {
    rounds.push(
      spent(() => {
        for (let i = 0; i < times; i++) work()
      }) / times,
    )
  }
  return rounds.sort((a, b) => a - b)[4] ?? 0
}

export function benchRedact(): { name: string; value: number; unit: string }[] {
  const rows = [
    { name: 'redact: small span', value: measure(() => redactSpan(small, redactor), 5000), unit: 'µs' },
    { name: 'redact: LLM span of 4 KB', value: measure(() => redactSpan(llm, redactor), 2000), unit: 'µs' },
    {
      name: 'redact: mixed batch, each span (1 in 4 LLM)',
      value:
        measure(() => {
          redactSpan(llm, redactor)
          for (let i = 0; i < 3; i++) redactSpan(small, redactor)
        }, 1500) / 4,
      unit: 'µs',
    },
    {
      name: 'redact: LLM span with one secret',
      value: measure(() => redactSpan(leaking, redactor), 300),
      unit: 'µs',
    },
    {
      name: 'mask: 4 KB of messages',
      value: measure(() => maskValue(messages(4096), redactor), 500),
      unit: 'µs',
    },
  ]
  let slowest = { name: '', value: 0 }
  for (const rule of [...secretRules, ...formatRules, ...personalRules]) {
    const value = slowestOf(rule)
    if (value > slowest.value) slowest = { name: rule.id, value }
  }
  rows.push({ name: `redact: slowest rule on 64 KiB (${slowest.name})`, value: slowest.value, unit: 'ms' })
  return rows
}

function slowestOf(rule: Rule): number {
  const alone = buildRuleSet({ rules: [rule], deep: false })
  const times = worstInputs(rule).map((input) => {
    const read = (): string => startPass(redactor, null).text(input, alone)
    return Math.min(spent(read), spent(read), spent(read)) / 1000
  })
  return Math.max(...times)
}

if (process.argv[1]?.endsWith('redact.ts')) {
  for (const row of benchRedact()) console.log(`${row.name.padEnd(60)} ${row.value.toFixed(2)} ${row.unit}`)
}
