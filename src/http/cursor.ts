import { createHmac, timingSafeEqual } from 'node:crypto'
import { BadCursor } from '../errors.ts'

/** Bytes of the signature: 128 bits. */
const TAG_BYTES = 16

/**
 * A cursor is signed, so that a client can hand back only what it was given: `base64url(json).base64url(tag)`.
 * `scope` binds it to one list or tree.
 */
export function signCursor(key: Buffer, scope: string, place: object): string {
  const body = Buffer.from(JSON.stringify(place)).toString('base64url')
  return `${body}.${tagOf(key, scope, body).toString('base64url')}`
}

/** The place in a cursor. Throws `BadCursor` for anything that `signCursor` did not make for this scope. */
export function readCursor<T extends object>(key: Buffer, scope: string, cursor: string): T {
  const [body = '', tag = ''] = cursor.split('.')
  const expected = tagOf(key, scope, body)
  const given = Buffer.from(tag, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new BadCursor()
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as T
}

const tagOf = (key: Buffer, scope: string, body: string) =>
  createHmac('sha256', key).update(`${scope}\0${body}`).digest().subarray(0, TAG_BYTES)
