import type { SlimSpan } from './slim-span.ts'

/** A sum of money in US dollars, exact: pico-dollars as a bigint. */
export interface Money {
  /** null = nobody knows any of it. */
  pico: bigint | null
  source: 'reported' | 'estimated' | 'mixed' | null
  /** Model calls whose price is not known. */
  unknownCalls: number
}

export const NO_MONEY: Money = { pico: null, source: null, unknownCalls: 0 }

const FRACTION_DIGITS = 12

/** A decimal string as pico-dollars; digits beyond the twelfth are cut. */
export function picoOf(amount: string): bigint {
  const negative = amount.startsWith('-')
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
  const pico = BigInt(`${whole}${fraction.slice(0, FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0')}`)
  return negative ? -pico : pico
}

/** Pico-dollars as a decimal string without needless zeros. */
export function amountOf(pico: bigint): string {
  const digits = (pico < 0n ? -pico : pico).toString().padStart(FRACTION_DIGITS + 1, '0')
  const whole = digits.slice(0, -FRACTION_DIGITS)
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, '')
  return `${pico < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** What one counted span cost. */
export function spanMoney(span: SlimSpan): Money {
  const isCall = span.kind === 'llm' || span.kind === 'embedding' || span.kind === 'reranker'
  if (span.cost === null) return { ...NO_MONEY, unknownCalls: isCall ? 1 : 0 }
  return { pico: picoOf(span.cost), source: span.costEstimated ? 'estimated' : 'reported', unknownCalls: 0 }
}

export function sumMoney(a: Money, b: Money): Money {
  const source =
    a.source === null ? b.source : b.source === null || a.source === b.source ? a.source : 'mixed'
  const pico = a.pico === null ? b.pico : b.pico === null ? a.pico : a.pico + b.pico
  return { pico, source, unknownCalls: a.unknownCalls + b.unknownCalls }
}
