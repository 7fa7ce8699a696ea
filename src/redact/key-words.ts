const isLower = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
const isUpper = (code: number): boolean => code >= 65 && code <= 90

/** A name of 256 characters becomes no longer than twice that. */
const scratch = Buffer.allocUnsafeSlow(1024)

/** The name in lower-case words joined by `_`: `X-API-Key` and `xApiKey` are both `x_api_key`. */
export function normalizeKey(key: string): string {
  const { length } = key
  let size = 0
  // Of a break between words that is not written yet.
  let open = false
  for (let i = 0; i < length; i++) {
    const code = key.charCodeAt(i)
    if (code > 127 || size > 1000) return normalizeSlowly(key)
    const upper = isUpper(code)
    if (!upper && !isLower(code)) {
      open = true
      continue
    }
    if (upper && i > 0 && !open) {
      const before = key.charCodeAt(i - 1)
      const next = key.charCodeAt(i + 1)
      open = isLower(before) || (isUpper(before) && next >= 97 && next <= 122)
    }
    if (open && size > 0) scratch[size++] = 95
    open = false
    scratch[size++] = upper ? code | 32 : code
  }
  return scratch.toString('latin1', 0, size)
}

/** The same for any name; case is more than a bit there. */
function normalizeSlowly(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
}
