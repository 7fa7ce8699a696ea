/** Shannon entropy of a text in bits per character. Random base64 of 30 characters has about 4.5, words about 3. */
export function entropy(text: string): number {
  if (text.length === 0) return 0
  const counts = new Map<string, number>()
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) {
    const share = count / text.length
    bits -= share * Math.log2(share)
  }
  return bits
}

/** True for text that looks drawn at random: a digit, a letter, and at least `bits` of entropy. */
export function looksRandom(text: string, bits = 3): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text) && entropy(text.slice(0, 256)) >= bits
}

/** `${TOKEN}`, `$token`, `$(pass)`, `$env:TOKEN`; `%TOKEN%`, `%s`; `{token}`, `{{ token }}`, `<token>`, `(token)`. */
const STANDS_FOR =
  /^(?:\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+|\{[^{}]*\}?|\([^()]*\)?|env:\w+)|%(?:\w+%|\(\w+\)[sdr]|[sdrv])|\{+[^{}":]*\}+|<[^<>]*>|\([^()]*\))$/

/**
 * What people write where a secret will go: a name in brackets, `****`, `your-api-key`, `os.environ[…]`. All of the
 * text: secrets may begin with `$` as well (`$2b$10$…`).
 */
export function isPlaceholder(text: string): boolean {
  return (
    STANDS_FOR.test(text) ||
    /^(?:\*{3,}.{0,4}|\.{3,}|x{4,}|(?:your|my)[-_ ][a-z_ -]*)$/i.test(text) ||
    /^(?:process\.env|os\.environ|os\.getenv|env\.|getenv|import\.meta)/i.test(text) ||
    /^(?:null|none|nil|undefined|true|false|string|str|required|optional|empty|changeme|todo|n\/a)$/i.test(
      text,
    )
  )
}

/** Luhn's checksum over the digits of a text. */
export function luhn(text: string): boolean {
  let sum = 0
  let double = false
  for (let i = text.length - 1; i >= 0; i--) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) continue
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
    double = !double
  }
  return sum % 10 === 0
}

/** ISO 7064 mod 97-10 as IBAN uses it; the text without spaces, upper case. */
export function mod97(iban: string): boolean {
  let rest = 0
  for (let i = 0; i < iban.length; i++) {
    const code = iban.charCodeAt((i + 4) % iban.length)
    const digit = code >= 48 && code <= 57
    if (!digit && !(code >= 65 && code <= 90)) return false
    rest = digit ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97
  }
  return rest === 1
}

/** The German tax id: ISO 7064 mod 11,10, and one digit twice or three times among the first ten. */
export function steuerId(digits: string): boolean {
  if (!/^[1-9]\d{10}$/.test(digits)) return false
  const counts = new Array<number>(10).fill(0)
  let product = 10
  for (let i = 0; i < 10; i++) {
    const digit = digits.charCodeAt(i) - 48
    counts[digit] = (counts[digit] ?? 0) + 1
    const sum = (digit + product) % 10 || 10
    product = (sum * 2) % 11
  }
  const repeated = counts.filter((count) => count > 1)
  const check = (11 - product) % 10
  return repeated.length === 1 && (repeated[0] ?? 0) <= 3 && check === digits.charCodeAt(10) - 48
}

/** The number of the UK's National Health Service: mod 11 with weights 10…2. */
export function nhsNumber(digits: string): boolean {
  if (!/^\d{10}$/.test(digits)) return false
  let sum = 0
  for (let i = 0; i < 9; i++) sum += (digits.charCodeAt(i) - 48) * (10 - i)
  const check = (11 - (sum % 11)) % 11
  return check === digits.charCodeAt(9) - 48
}
