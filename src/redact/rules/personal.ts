import { isIPv6 } from '../addresses.ts'
import { luhn, mod97, nhsNumber, steuerId } from '../checks.ts'
import { colonRuns, digitRuns, letterPairs } from '../locate.ts'
import { readEmail } from '../read-email.ts'
import type { Rule } from '../rule.ts'

const digitsOf = (text: string): string => text.replace(/\D/g, '')
/** The words before a find: what they say decides where the form alone does not. */
const wordsBefore = (text: string, at: number): string => text.slice(Math.max(0, at - 32), at)
const standsAlone = (found: string, text: string, at: number): boolean =>
  !/[\w.-]/.test(text[at - 1] ?? ' ') && !/[\w]/.test(text[at + found.length] ?? ' ')

/** Length of an IBAN by country (SWIFT's registry); others are not taken for one. */
const ibanLengths: Record<string, number> = {
  ...{
    AD: 24,
    AE: 23,
    AL: 28,
    AT: 20,
    AZ: 28,
    BA: 20,
    BE: 16,
    BG: 22,
    BH: 22,
    BR: 29,
    BY: 28,
    CH: 21,
    CR: 22,
    CY: 28,
  },
  ...{
    CZ: 24,
    DE: 22,
    DK: 18,
    DO: 28,
    EE: 20,
    EG: 29,
    ES: 24,
    FI: 18,
    FO: 18,
    FR: 27,
    GB: 22,
    GE: 22,
    GI: 23,
    GL: 18,
  },
  ...{
    GR: 27,
    GT: 28,
    HR: 21,
    HU: 28,
    IE: 22,
    IL: 23,
    IQ: 23,
    IS: 26,
    IT: 27,
    JO: 30,
    KW: 30,
    KZ: 20,
    LB: 28,
    LI: 21,
  },
  ...{
    LT: 20,
    LU: 20,
    LV: 21,
    MC: 27,
    MD: 24,
    ME: 22,
    MK: 19,
    MR: 27,
    MT: 31,
    MU: 30,
    NL: 18,
    NO: 15,
    PK: 24,
    PL: 28,
  },
  ...{
    PS: 29,
    PT: 25,
    QA: 29,
    RO: 24,
    RS: 22,
    SA: 24,
    SE: 24,
    SI: 19,
    SK: 24,
    SM: 27,
    TN: 24,
    TR: 26,
    UA: 29,
    XK: 20,
  },
}

/** Issuers' first digits with the lengths of their numbers. */
const cards =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:50|5[6-8]|63|67)\d{14})$/

const phoneWords =
  /(?:tel|phone|mobile|mobil|cell|call|fax|handy|telefon|sms|whatsapp|contact|rufnummer)[\w.]{0,8}["':\s(]{0,6}(?:(?:is|at|me|us|no\.?|nr\.?|number|on|ist|unter)["':\s(]{0,4}){0,3}$/i

/** Personal data. Where a form is common among plain numbers, a checksum or the words before it must agree. */
export const personalRules: readonly Rule[] = [
  {
    id: 'email',
    keywords: ['@', '%40'],
    pattern: "[\\p{L}\\p{N}][\\p{L}\\p{N}._+'-]*(?:@|%40)(?:[\\p{L}\\p{N}-]+\\.)+\\p{L}{2,24}",
    read: readEmail,
    inner: true,
    anywhere: true,
    check: (found) =>
      !/^git@|\.(?:png|jpe?g|gif|svg|webp|avif|css|[cm]?js|tsx?|json)$/i.test(found) && found.length <= 320,
  },
  {
    id: 'iban',
    keywords: [],
    locate: letterPairs,
    pattern: '[A-Z]{2}\\d{2}(?:[ \\x{a0}-]?[A-Z0-9]{2,4}){3,8}(?:[ -]?[A-Z0-9]{1,3})?',
    sticky: /[A-Z]{2}\d{2}(?:[ \xa0-]?[A-Z0-9]{2,4}){3,8}(?:[ -]?[A-Z0-9]{1,3})?/y,
    check: (found) => {
      const length = ibanLengths[found.slice(0, 2)]
      if (length === undefined) return false
      const iban = found.replace(/[^A-Z0-9]/g, '')
      return iban.length >= length && mod97(iban.slice(0, length))
    },
  },
  {
    id: 'card',
    keywords: [],
    locate: digitRuns(13),
    pattern: '\\d(?:[ -]?\\d){12,18}',
    after: 1,
    exact: true,
    check: (found, text, at) => standsAlone(found, text, at) && cards.test(digitsOf(found)) && luhn(found),
  },
  {
    id: 'us-ssn',
    keywords: [],
    locate: digitRuns(9),
    pattern: '\\d{3}[- ]\\d{2}[- ]\\d{4}',
    after: 1,
    exact: true,
    check: (found, text, at) =>
      standsAlone(found, text, at) &&
      !/^(?:000|666|9)|^.{4}00|0000$/.test(found) &&
      (found[3] === '-' || /ssn|social|security/i.test(wordsBefore(text, at))),
  },
  {
    id: 'uk-nino',
    keywords: [],
    locate: letterPairs,
    pattern: '[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D]',
    after: 16,
    exact: true,
    check: (found) => !/^(?:BG|GB|NK|KN|TN|NT|ZZ)/.test(found),
  },
  {
    id: 'uk-nhs',
    keywords: [],
    locate: digitRuns(10),
    pattern: '\\d{3}[ -]?\\d{3}[ -]?\\d{4}',
    after: 1,
    exact: true,
    check: (found, text, at) =>
      standsAlone(found, text, at) &&
      nhsNumber(digitsOf(found)) &&
      (/^\d{3} \d{3} \d{4}$/.test(found) || /nhs|patient/i.test(wordsBefore(text, at))),
  },
  {
    id: 'de-tax-id',
    keywords: [],
    locate: digitRuns(11),
    pattern: '\\d{2} ?\\d{3} ?\\d{3} ?\\d{3}',
    after: 1,
    exact: true,
    check: (found, text, at) => standsAlone(found, text, at) && steuerId(digitsOf(found)),
  },
  {
    id: 'phone',
    keywords: [],
    locate: digitRuns(7),
    pattern: '(?:\\+|00)?\\(?\\d{1,5}\\)?(?:[ ./-]{0,2}\\(?\\d{1,8}\\)?){1,6}',
    before: 3,
    after: 1,
    inner: true,
    exact: true,
    check: isPhone,
  },
  {
    id: 'ipv4',
    keywords: [],
    locate: digitRuns(4),
    pattern: '(?:\\d{1,3}\\.){3}\\d{1,3}',
    after: 2,
    exact: true,
    check: (found, text, at) =>
      !/[\w.-]/.test(text[at - 1] ?? ' ') &&
      !/^(?:\.\d|-)/.test(text.slice(at + found.length, at + found.length + 2)) &&
      found.split('.').every((part) => Number(part) < 256 && (part === '0' || !part.startsWith('0'))) &&
      !/^(?:127\.|0\.|255\.255\.)/.test(found) &&
      !/(?:version|release|build|\bv)[\s:"'=]{0,4}$/i.test(wordsBefore(text, at)),
  },
  {
    id: 'ipv6',
    keywords: [],
    locate: colonRuns,
    pattern: '[0-9A-Fa-f:]{3,45}',
    sticky: /[0-9A-Fa-f:]{3,45}/y,
    exact: true,
    check: (found, text, at) =>
      !/[\w.:]/.test(text[at - 1] ?? ' ') && isIPv6(found) && found !== '::' && found !== '::1',
  },
]

/**
 * A phone number: international with + (or 00), the North American form with its separators, and any other form
 * only behind a word that announces one. Plain digits alone are never one.
 */
function isPhone(found: string, text: string, at: number): boolean {
  const digits = digitsOf(found)
  if (digits.length < 7 || digits.length > 15 || /[\w.,:/+-]/.test(text[at - 1] ?? ' ')) return false
  if (/^[.,:]\d/.test(text.slice(at + found.length, at + found.length + 2))) return false
  if (/^\+[1-9]/.test(found)) return digits.length >= 8
  if (/^\(?[2-9]\d\d\)?[ .-]{1,2}[2-9]\d\d[ .-]\d{4}$/.test(found)) return true
  if (/^\d{4}-\d\d?-\d\d?/.test(found) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(found)) return false
  return phoneWords.test(wordsBefore(text, at))
}
