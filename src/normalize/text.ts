/// <reference lib="es2024.string" />
import { limits } from '../limits.ts'
import type { Notices } from './notices.ts'

/** Text that Postgres and every JSON reader can hold: no NUL, no lone surrogate. Counts what it mends. */
export function cleanText(text: string, notices: Notices): string {
  if (isClean(text)) return text
  notices.add('text_mended')
  return mend(text)
}

/** True when nothing has to be mended; the usual case, and cheap. */
export function isClean(text: string): boolean {
  return text === '' || (!text.includes('\0') && text.isWellFormed())
}

function mend(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}

/** Cuts to at most `most` UTF-16 units without splitting a character. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const end = text.charCodeAt(most - 1)
  return text.slice(0, end >= 0xd800 && end <= 0xdbff ? most - 1 : most)
}

/** True for an attribute key that can be stored as it is. */
export function isStorableKey(key: string): boolean {
  return key.length <= limits.maxKeyLength && isClean(key)
}
