import { calcPrice, type PriceCalculation, type Usage } from '@pydantic/genai-prices'
import type { Cost, Span } from '../model/span.ts'

/** Where estimates come from: the data inside this version of the package, and no other (a test compares them). */
export const PRICE_VERSION = 'genai-prices 0.1.8'

/** Models whose prices are remembered. Names are chosen by strangers. */
const REMEMBERED = 1000
/** Prices that change with the date or the hour are looked up once per quarter of an hour: milliseconds. */
const PERIOD_MS = 15 * 60 * 1000
/** Tokens that a rate is measured with: below the first step of every tiered price. */
const SAMPLE = 1000
/** Pico-dollars in a dollar. */
const PICO = 1e12

/** What a token costs, in pico-dollars. */
interface Rates {
  input: bigint
  cached: bigint
  written: bigint
  output: bigint
  /** From so many input tokens on, other rates hold. */
  below: number
}

interface Known {
  /** The same at any time; else `rates` are those of one period. */
  timeless: boolean
  rates: Rates | null
}

const known = new Map<string, Known>()

/** Providers by the names of the price data, where those differ from ours and it does not know ours. */
const PROVIDERS: Readonly<Record<string, string>> = {
  x_ai: 'x-ai',
  'gcp.gen_ai': 'google',
  'azure.ai.inference': 'azure',
}

/** Named where a provider should be: who wraps the call, not who is paid for it. */
const FRAMEWORKS = new Set([
  'langchain',
  'langgraph',
  'crewai',
  'llama_index',
  'microsoft.agent_framework',
  'semantic_kernel',
])

/** What is known of a call that is to be priced. */
export type PricedCall = Pick<Span, 'kind' | 'model' | 'provider' | 'startNs' | 'tokens'>

/**
 * What a call should have cost, by the prices that were known for its time; null = nobody knows (an unknown model, no
 * tokens, counts that contradict each other). Exact in decimals. Looking a model up takes a fraction of a
 * millisecond; it is done once.
 */
export function estimateCost(call: PricedCall): Cost | null {
  const { model, startNs } = call
  const provider = call.provider !== null && FRAMEWORKS.has(call.provider) ? null : call.provider
  const { input, output, cachedInput, cacheWriteInput } = call.tokens
  // embeddings and rankings have no output; of a model's call both sides must be known
  if (model === null || input === null || (output === null && call.kind === 'llm')) return null
  const cached = cachedInput ?? 0
  const written = cacheWriteInput ?? 0
  const fresh = input - cached - written
  if (fresh < 0) return null
  const atMs = Number(startNs / 1_000_000n)
  const rates = ratesOf(model, provider, atMs)
  if (rates === null) return null
  let pico: bigint
  if (input < rates.below) {
    pico =
      rates.input * BigInt(fresh) +
      rates.cached * BigInt(cached) +
      rates.written * BigInt(written) +
      rates.output * BigInt(output ?? 0)
  } else {
    const usage = { input_tokens: input, cache_read_tokens: cached, cache_write_tokens: written }
    const whole = priceOf({ ...usage, output_tokens: output ?? 0 }, model, provider, atMs)
    if (whole === null) return null
    pico = picoOfDollars(whole.total_price)
  }
  return { amount: decimal(pico), source: 'estimated', version: PRICE_VERSION }
}

function ratesOf(model: string, provider: string | null, atMs: number): Rates | null {
  const name = `${provider} ${model}`
  const always = known.get(name)
  if (always?.timeless) return always.rates
  const key = `${name} ${Math.floor(atMs / PERIOD_MS)}`
  const then = known.get(key)
  if (then !== undefined) return then.rates
  const found = priceOf({ input_tokens: SAMPLE }, model, provider, atMs)
  const timeless = found === null || !Array.isArray(found.model.prices)
  const rates = found === null ? null : measure(found, model, provider, atMs)
  if (known.size >= REMEMBERED) known.clear()
  known.set(timeless ? name : key, { timeless, rates })
  return rates
}

function measure(
  found: PriceCalculation,
  model: string,
  provider: string | null,
  atMs: number,
): Rates | null {
  const rate = (usage: Usage) => {
    const price = priceOf(usage, model, provider, atMs)
    return price === null ? null : picoOfDollars(price.total_price / SAMPLE)
  }
  const input = picoOfDollars(found.total_price / SAMPLE)
  const cached = rate({ input_tokens: SAMPLE, cache_read_tokens: SAMPLE })
  const written = rate({ input_tokens: SAMPLE, cache_write_tokens: SAMPLE })
  const output = rate({ output_tokens: SAMPLE })
  if (cached === null || written === null || output === null) return null
  const steps = Object.values(found.model_price).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
  )
  return { input, cached, written, output, below: Math.min(Number.POSITIVE_INFINITY, ...steps) }
}

/** null also where the package has doubts: it throws when a part is more than its whole. */
function priceOf(
  usage: Usage,
  model: string,
  provider: string | null,
  atMs: number,
): PriceCalculation | null {
  const timestamp = new Date(atMs)
  if (Number.isNaN(timestamp.getTime())) return null
  // `openai:gpt-4o`, as Orcheo and others write it
  const colon = model.indexOf(':')
  const attempts: [string, string | null][] = [[model, provider]]
  if (colon > 0) attempts.push([model.slice(colon + 1), provider ?? model.slice(0, colon)])
  for (const [name, by] of attempts) {
    try {
      const found = calcPrice(usage, name, {
        timestamp,
        ...(by === null ? {} : { providerId: Object.hasOwn(PROVIDERS, by) ? (PROVIDERS[by] as string) : by }),
      })
      if (found !== null) return found
    } catch {
      // contradicting counts have no price
    }
  }
  return null
}

const picoOfDollars = (dollars: number) => BigInt(Math.round(dollars * PICO))

/** Dollars as a decimal string without needless zeros. */
function decimal(pico: bigint): string {
  const digits = pico.toString().padStart(13, '0')
  const fraction = digits.slice(-12).replace(/0+$/, '')
  return `${digits.slice(0, -12)}${fraction === '' ? '' : `.${fraction}`}`
}
