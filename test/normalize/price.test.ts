import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { calcPrice } from '@pydantic/genai-prices'
import t from 'tap'
import { estimateCost, PRICE_VERSION, type PricedCall } from '../../src/normalize/price.ts'
import { picoOf } from '../../src/tree/money.ts'

const at = (date: string) => BigInt(Date.parse(date)) * 1_000_000n
const call = (
  over: Partial<Omit<PricedCall, 'tokens'>>,
  counts: Partial<PricedCall['tokens']>,
): PricedCall => ({
  kind: 'llm',
  model: 'gpt-4o-mini-2024-07-18',
  provider: 'openai',
  startNs: at('2026-10-01T12:00:00Z'),
  tokens: {
    input: null,
    output: null,
    total: null,
    cachedInput: null,
    cacheWriteInput: null,
    reasoningOutput: null,
    ...counts,
  },
  ...over,
})
const amount = (over: Partial<Omit<PricedCall, 'tokens'>>, counts: Partial<PricedCall['tokens']>) =>
  estimateCost(call(over, counts))?.amount ?? null

t.test('a call is priced exactly, with its version', (t) => {
  t.strictSame(estimateCost(call({}, { input: 57, cachedInput: 32, output: 17 })), {
    amount: '0.00001635',
    source: 'estimated',
    version: PRICE_VERSION,
  })
  t.equal(amount({}, { input: 1_000_000, output: 0 }), '0.15')
  t.equal(amount({}, { input: 0, output: 0 }), '0')
  t.equal(amount({ model: 'openai:gpt-4o-mini', provider: null }, { input: 10, output: 1 }), '0.0000021')
  t.equal(amount({ kind: 'embedding', model: 'text-embedding-3-small' }, { input: 5 }), '0.0000001')
  t.end()
})

t.test('the same as the price data says, tiers and cache included', (t) => {
  const models = [
    ['anthropic', 'claude-sonnet-4-5'],
    ['gcp.gen_ai', 'gemini-2.5-pro', 'google'],
    ['azure.ai.openai', 'gpt-4o'],
    ['x_ai', 'grok-4', 'x-ai'],
    ['deepseek', 'deepseek-chat'],
    ['aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ] as const
  for (const [provider, model, theirs = provider] of models) {
    for (const [input, cachedInput, cacheWriteInput, output] of [
      [1000, 0, 0, 10],
      [150_000, 100_000, 1000, 2000],
      [900_000, 1, 1, 5000],
    ] as const) {
      const whole = calcPrice(
        {
          input_tokens: input,
          cache_read_tokens: cachedInput,
          cache_write_tokens: cacheWriteInput,
          output_tokens: output,
        },
        model,
        { providerId: theirs, timestamp: new Date('2026-10-01T12:00:00Z') },
      )
      const ours = amount({ provider, model }, { input, cachedInput, cacheWriteInput, output })
      t.not(whole, null, model)
      const off = Number(picoOf(ours ?? '-1')) - (whole?.total_price ?? 0) * 1e12
      t.ok(Math.abs(off) <= 1, `${model} with ${input}: ${ours} for ${whole?.total_price}`)
    }
  }
  t.end()
})

t.test('what is not known costs an unknown amount, not nothing', (t) => {
  t.equal(amount({ model: 'house-model-7b' }, { input: 5, output: 5 }), null)
  t.equal(amount({ provider: 'house' }, { input: 5, output: 5 }), null)
  t.equal(amount({ model: null }, { input: 5, output: 5 }), null)
  t.equal(amount({}, { input: 5 }), null, 'no output')
  t.equal(amount({}, { output: 5 }), null, 'no input')
  t.equal(amount({}, { input: 5, cachedInput: 6, output: 1 }), null, 'contradicting counts')
  t.equal(amount({ startNs: 2n ** 63n - 1n }, { input: 5, output: 5 }), '0.00000375', 'a hostile time')
  for (const model of ['__proto__', 'constructor', ':', 'a:b:c', '\u0000', 'x'.repeat(256)]) {
    t.equal(amount({ model }, { input: 5, output: 5 }), null)
    t.equal(amount({ provider: model }, { input: 5, output: 5 }), null)
  }
  t.end()
})

t.test('the version is that of the installed data', (t) => {
  const main = createRequire(import.meta.url).resolve('@pydantic/genai-prices')
  const { version } = JSON.parse(readFileSync(join(dirname(main), '../package.json'), 'utf8'))
  t.equal(PRICE_VERSION, `genai-prices ${version}`)
  t.end()
})
