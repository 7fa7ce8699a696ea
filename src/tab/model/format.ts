/** Numbers, times and money as the reader's locale writes them. Every unknown is a dash, never a 0. */
export interface Format {
  /** 5 ns, 850 µs, 12.3 ms, 1.25 s, 2m 05s, 3h 04m */
  duration(ms: number | null | undefined): string
  count(value: number | null | undefined): string
  /** 1.2K, 48K, 1.3M */
  compact(value: number | null | undefined): string
  cost(amount: string | null | undefined): string
  bytes(value: number | null | undefined): string
  /** 12m ago */
  relative(iso: string, now: number): string
  /** Nov 22, 10:00:00 */
  time(iso: string | null | undefined): string
  /** With the year, the zone and the milliseconds. */
  exact(iso: string | null | undefined): string
  percent(part: number): string
}

export const DASH = '–'

/** A formatter for a BCP 47 tag; a wrong or empty tag is the browser's own. */
export function createFormat(locale: string): Format {
  const tag = safeTag(locale)
  const number = (options: Intl.NumberFormatOptions) => once(() => new Intl.NumberFormat(tag, options))
  const money = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const
  const whole = number({ maximumFractionDigits: 0 })
  const three = number({ maximumSignificantDigits: 3 })
  const short = number({ notation: 'compact', maximumSignificantDigits: 3 })
  const large = number(money)
  const small = number({ ...money, minimumSignificantDigits: 2, maximumSignificantDigits: 2 })
  const percent = number({ style: 'percent', maximumFractionDigits: 1 })
  const ago = once(() => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'narrow' }))
  const date = (options: Intl.DateTimeFormatOptions) =>
    once(() => new Intl.DateTimeFormat(tag, { ...options, hourCycle: 'h23' }))
  const time = date({
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const exact = date({ dateStyle: 'medium', timeStyle: 'long' })
  return {
    duration: (ms) => (known(ms) ? duration(ms, three()) : DASH),
    count: (value) => (known(value) ? whole().format(value) : DASH),
    compact: (value) => (known(value) ? (value < 10_000 ? whole() : short()).format(value) : DASH),
    cost: (amount) => {
      const value = amount === null || amount === undefined ? Number.NaN : Number(amount)
      if (!Number.isFinite(value)) return DASH
      return value !== 0 && Math.abs(value) < 0.995 ? small().format(value) : large().format(value)
    },
    bytes: (value) => (known(value) ? bytes(value, three()) : DASH),
    relative: (iso, now) => relative(Date.parse(iso) - now, ago()),
    time: (iso) => (valid(iso) ? time().format(new Date(iso)) : DASH),
    exact: (iso) => (valid(iso) ? exact().format(new Date(iso)) : DASH),
    percent: (part) => percent().format(part),
  }
}

/** Made when it is first needed: the browser takes milliseconds to make one. */
function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

function safeTag(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0]
  } catch {
    return undefined
  }
}

function known(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function valid(iso: string | null | undefined): iso is string {
  return typeof iso === 'string' && !Number.isNaN(Date.parse(iso))
}

function duration(ms: number, number: Intl.NumberFormat): string {
  if (ms === 0) return '0 ms'
  const size = Math.abs(ms)
  if (size < 0.001) return `${number.format(ms * 1e6)} ns`
  if (size < 1) return `${number.format(ms * 1000)} µs`
  if (size < 999.5) return `${number.format(ms)} ms`
  if (size < 59_950) return `${number.format(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`
  return `${Math.floor(minutes / 1440)}d ${pad(Math.floor((minutes % 1440) / 60))}h`
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}

function bytes(value: number, number: Intl.NumberFormat): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  let size = value
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${number.format(size)} ${units[unit]}`
}

function relative(ms: number, format: Intl.RelativeTimeFormat): string {
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ]
  for (const [unit, size] of steps) {
    if (Math.abs(ms) >= size) return format.format(Math.round(ms / size), unit)
  }
  return format.format(Math.round(ms / 1000), 'second')
}
