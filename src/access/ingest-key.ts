import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Scope } from '../model/principal.ts'

/** What a key may be good for: a key that leaks from a runner reads nothing. */
export const KEY_SCOPES = ['traces:write', 'artifacts:write'] as const satisfies readonly Scope[]
export type KeyScope = (typeof KEY_SCOPES)[number]

const SHAPE = /^wtk_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/

/** A new key: `wtk_` + its public id + 256 random bits. It is shown once; only its hash is kept. */
export function makeIngestKey(): { id: string; key: string; hash: Buffer } {
  const id = randomBytes(8).toString('hex')
  const key = `wtk_${id}_${randomBytes(32).toString('base64url')}`
  return { id, key, hash: hashOfKey(key) }
}

/** The public id of something that has the form of a key, else null. */
export function ingestKeyId(text: string): string | null {
  return SHAPE.exec(text)?.[1] ?? null
}

/** SHA-256: enough for 256 random bits, which nobody can guess from it. */
export function hashOfKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest()
}

/** Compares in constant time. */
export function isKeyOf(key: string, hash: Buffer): boolean {
  const given = hashOfKey(key)
  return given.length === hash.length && timingSafeEqual(given, hash)
}
