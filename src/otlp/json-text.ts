import { isUtf8 } from 'node:buffer'
import { Undecodable } from '../errors.ts'

/**
 * Levels of brackets that a JSON body may have. `JSON.parse` needs no stack, but about 70 bytes a level; an
 * AnyValue takes three levels, so this reads 100,000 nested values and refuses what is nested for its own sake.
 */
const MAX_BRACKETS = 500_000
/**
 * Bytes of a large body for each object and list in it, at least. The densest that say something (`{"intValue":1},`) have
 * 15; what is opened for its own sake (`{},`) makes 3 bytes on the wire fifty times as many in memory.
 */
const LEAST_BYTES = 8
/**
 * Whole numbers from 16 digits on may be beyond 2^53, where `JSON.parse` loses digits. One that begins with 0 is not
 * JSON. Megabytes of digits would exhaust the stack of the expression; of a thousand nobody wants the last.
 */
const LONG_NUMBER = /(?<![\d.eE+-])-?[1-9]\d{15,999}(?![\d.eE])/g
const ANY_LONG_NUMBER = /[:[,\s]-?\d{16}/
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

/** A parsed body, and which of its strings must be looked at again. */
export interface JsonText {
  value: unknown
  /** Some string may hold a lone surrogate: the text has escapes of surrogates. */
  surrogates: boolean
  /** The body was not UTF-8: a U+FFFD in a string may stand for bad bytes. */
  badUtf8: boolean
}

/**
 * Parses a JSON body. Whole numbers of 16 digits and more come out as strings of their digits, exact.
 * @throws Undecodable when it is not JSON or nested beyond reason; the message never quotes the body
 */
export function parseJsonText(body: Buffer): JsonText {
  if (body.length > MAX_BRACKETS) refuseBrackets(body)
  let text = body.toString('utf8')
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
  const badUtf8 = text.includes('\ufffd') && !isUtf8(body)
  if (ANY_LONG_NUMBER.test(text)) text = quoteLongNumbers(text)
  try {
    return { value: JSON.parse(text), surrogates: SURROGATE_ESCAPE.test(text), badUtf8 }
  } catch {
    throw new Undecodable('it is not JSON')
  }
}

/** Puts quotes around the whole numbers of 16 digits and more that stand outside of strings. */
function quoteLongNumbers(text: string): string {
  const parts: string[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('"', at)
    const between = open === -1 ? text.slice(at) : text.slice(at, open)
    parts.push(between.length < 16 ? between : between.replace(LONG_NUMBER, '"$&"'))
    if (open === -1) break
    const close = stringEnd(text, open)
    parts.push(text.slice(open, close))
    at = close
  }
  return parts.join('')
}

/** The index after the quote that closes the string opened at `open`; the end of the text when none does. */
function stringEnd(text: string, open: number): number {
  let quote = open
  for (;;) {
    quote = text.indexOf('"', quote + 1)
    if (quote === -1) return text.length
    let escapes = quote - 1
    while (text.charCodeAt(escapes) === 0x5c) escapes--
    if ((quote - escapes) % 2 === 1) return quote + 1
  }
}

function refuseBrackets(body: Buffer): void {
  let depth = 0
  let deepest = 0
  let opened = 0
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number
    if (byte === 0x22) {
      i = quoteEnd(body, i)
    } else if (byte === 0x5b || byte === 0x7b) {
      opened++
      depth++
      if (depth > deepest) deepest = depth
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  if (deepest > MAX_BRACKETS) throw new Undecodable(`it is nested deeper than ${MAX_BRACKETS} brackets`)
  if (opened > MAX_BRACKETS && opened * LEAST_BYTES > body.length) {
    throw new Undecodable('it is little else than brackets')
  }
}

/** The index of the quote that closes the string opened at `open`. */
function quoteEnd(body: Buffer, open: number): number {
  for (let quote = body.indexOf(0x22, open + 1); quote !== -1; quote = body.indexOf(0x22, quote + 1)) {
    let escapes = quote - 1
    while (body[escapes] === 0x5c) escapes--
    if ((quote - escapes) % 2 === 1) return quote
  }
  return body.length
}
