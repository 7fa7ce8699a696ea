import { createHmac, timingSafeEqual } from 'node:crypto'

/** Bytes of the signature: 128 bits. */
const TAG_BYTES = 16

/** What a signed id says. */
export interface SignedId {
  /** The id that was signed. */
  id: string
  /** The signature is ours and its time is not over. False = the id is only somebody's word. */
  valid: boolean
}

/**
 * An id that opens what it names until `expiresAtMs` (Unix milliseconds, rounded down to seconds), for clients
 * that cannot send a header: `id.expiry.tag`, all of it safe in a URL when `id` is. The key must serve nothing else.
 */
export function signId(key: Uint8Array, id: string, expiresAtMs: number): string {
  const body = `${id}.${Math.floor(expiresAtMs / 1000).toString(36)}`
  return `${body}.${tagOf(key, body)}`
}

/** Reads what may be a signed id; null = it has not the form of one. Total: any text goes in. */
export function readSignedId(key: Uint8Array, text: string, nowMs: number): SignedId | null {
  const [, body, id, expiry, tag] = /^((.+)\.([0-9a-z]{1,9}))\.([\w-]{22})$/s.exec(text) ?? []
  if (body === undefined || id === undefined || expiry === undefined || tag === undefined) return null
  // as text: base64url has more than one spelling of its last character, and only ours counts
  const ours = timingSafeEqual(Buffer.from(tag), Buffer.from(tagOf(key, body)))
  return { id, valid: ours && Number.parseInt(expiry, 36) * 1000 > nowMs }
}

const tagOf = (key: Uint8Array, body: string) =>
  createHmac('sha256', key).update(`signed id\0${body}`).digest().subarray(0, TAG_BYTES).toString('base64url')
