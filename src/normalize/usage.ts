import type { Cost, SpanKind, Tokens } from '../model/span.ts'
import { finishReasonName } from './finish-reason.ts'
import type { Reading } from './reading.ts'

/**
 * Tokens as the span reports them: per field the best source, never the sum of two. Some dialects report
 * input without its cached part, or output without its reasoning: those parts are added, so that cached is
 * always within input and reasoning within output.
 */
export function tokensOf(reading: Reading): Tokens {
  let input = reading.count('inputTokens')
  let output = reading.count('outputTokens')
  const cachedInput = reading.count('cachedInput')
  const cacheWriteInput = reading.count('cacheWriteInput')
  const reasoningOutput = reading.count('reasoningOutput')
  const given = reading.count('totalTokens')
  const cache = (cachedInput ?? 0) + (cacheWriteInput ?? 0)
  const reasoning = reasoningOutput ?? 0
  const beyond = given === null || input === null || output === null ? null : given - input - output
  const both = beyond !== null && beyond > 0 && beyond === cache + reasoning
  const exclusive = reading.value('exclusiveInput') !== null && cache > 0
  if (
    input !== null &&
    (exclusive || cache > input || (beyond !== 0 && cache > 0 && (both || beyond === cache)))
  ) {
    input += cache
  }
  if (
    output !== null &&
    (reasoning > output || (beyond !== 0 && reasoning > 0 && (both || beyond === reasoning)))
  ) {
    output += reasoning
  }
  const sum = input === null || output === null ? null : input + output
  const total = given === null ? sum : Math.max(given, sum ?? 0)
  return { input, output, total, cachedInput, cacheWriteInput, reasoningOutput }
}

/** True when the usage repeats what children report, or runs on from call to call: it is never summed. */
export function isAggregated(reading: Reading, kind: SpanKind, tokens: Tokens): boolean {
  const { input, output, total, cachedInput, cacheWriteInput, reasoningOutput } = tokens
  const any = input ?? output ?? total ?? cachedInput ?? cacheWriteInput ?? reasoningOutput
  if (any === null) return false
  return kind === 'agent' || kind === 'workflow' || reading.value('aggregated') !== null
}

/** What the call cost as reported; estimates are made elsewhere. */
export function costOf(reading: Reading): Cost | null {
  const amount = reading.text('cost')
  return amount === null ? null : { amount, source: 'reported' }
}

/** Why the model stopped, in one spelling. */
export function finishReasonOf(reading: Reading): string | null {
  const reason = reading.text('finishReason')
  return reason === null ? null : finishReasonName(reason)
}
