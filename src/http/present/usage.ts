import type { Tokens as StoredTokens } from '../../model/span.ts'
import { amountOf, type Money, picoOf } from '../../tree/money.ts'
import type { Cost, Tokens } from '../schemas/common.ts'

export function presentTokens(tokens: StoredTokens): Tokens {
  return {
    input: tokens.input,
    output: tokens.output,
    total: tokens.total ?? sumOrNull(tokens.input, tokens.output),
    cached_input: tokens.cachedInput,
    cache_write_input: tokens.cacheWriteInput,
    reasoning_output: tokens.reasoningOutput,
  }
}

/** A total that nobody gave is the sum of what is known of both sides. */
const sumOrNull = (input: number | null, output: number | null) =>
  input === null && output === null ? null : (input ?? 0) + (output ?? 0)

export function presentMoney(money: Money): Cost {
  return {
    amount: money.pico === null ? null : amountOf(money.pico),
    currency: 'USD',
    source: money.source,
    unknown_calls: money.unknownCalls,
  }
}

/** The cost of one span as it says itself. */
export function presentCost(cost: string | null, estimated: boolean): Cost {
  return {
    amount: cost === null ? null : amountOf(picoOf(cost)),
    currency: 'USD',
    source: cost === null ? null : estimated ? 'estimated' : 'reported',
    unknown_calls: 0,
  }
}
