/**
 * Passwords that an agent types into a page: the field is told from its selector, and the text stands beside it. Asked at a
 * `password` within the selector.
 */

/** Characters before the word that are looked at. */
const BEFORE = 120

/** `{"element": "Password field", "ref": "e5", "text": "…"}` */
const MEMBER =
  /(?:element|selector|locator|target|ref)\\{0,8}["'`]?\s{0,4}[:=]\s{0,4}\\{0,8}["'`][^,{}\n]{0,80}$/i
const ITS_TEXT =
  /[^,{}\n]{0,60}["'`],(?:\s{0,8}\\{0,8}["']?\w{1,16}\\{0,8}["']?:\s{0,4}\\{0,8}["'][^"'\\]{0,64}\\{0,8}["'],){0,3}\s{0,8}\\{0,8}["']?(?:text|value)\\{0,8}["']?\s{0,4}:\s{0,4}(?=\\{0,8}["'][^\s"']{3,128}["'])/iy
/** `page.fill('#password', '…')`, `getByLabel('Password').fill('…')` */
const VERB = '(?:fill|type|sendKeys|send_keys|setValue|pressSequentially)'
const CALL = new RegExp(`\\b${VERB}\\(\\s{0,4}\\\\{0,8}["'\`][^,\\n]{0,80}$`)
const ITS_ARGUMENT = /[^,\n]{0,60}["'`],\s{0,8}(?=\\{0,8}["'`])/y
const CHAINED = new RegExp(`[^,;\\n]{0,40}["'\`]\\)\\.${VERB}\\((?=\\\\{0,8}["'\`])`, 'y')

/** Where the typed text begins, at its quote; -1 = there is none. */
export function typedValue(text: string, start: number, end: number): number {
  const before = text.slice(Math.max(0, start - BEFORE), start)
  // Nearly every `password` is one of prose, and patterns cost more than all else there.
  if (!/["'`]/.test(before)) return -1
  if (/[:=]/.test(before) && MEMBER.test(before)) return after(ITS_TEXT, text, end)
  if (!before.includes('(')) return -1
  return CALL.test(before) ? after(ITS_ARGUMENT, text, end) : after(CHAINED, text, end)
}

function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : -1
}
