import { hash } from 'node:crypto'
import type { Principal } from '../model/principal.ts'

/** Tokens that are remembered, and for how many milliseconds: a retired key is refused that much later. */
const REMEMBERED = 1_000
const REMEMBERED_MS = 10_000

/** A token that was verified. */
export interface VerifiedToken {
  principal: Principal
  /** Its `jti`, to be looked up among the revoked ones every time; null = it has none. */
  id: string | null
}

/**
 * Tokens whose signature and claims were verified a moment ago: an exporter sends the same one with every request.
 * Kept by their hash, never longer than they are valid. Only what was accepted is remembered.
 */
export class VerifiedTokens {
  readonly #known = new Map<string, { token: VerifiedToken; until: number }>()
  readonly #now: () => number

  /** @param now milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** What a token said, when it was verified within the last seconds and has not expired. */
  get(token: string): VerifiedToken | null {
    const found = this.#known.get(keyOf(token))
    return found !== undefined && this.#now() < found.until ? found.token : null
  }

  /** Remembers what a token said. @param expiresAt seconds since 1970, its `exp` */
  set(token: string, verified: VerifiedToken, expiresAt: number): void {
    const now = this.#now()
    const until = Math.min(now + REMEMBERED_MS, expiresAt * 1000)
    if (!(until > now)) return
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(keyOf(token), { token: verified, until })
  }
}

const keyOf = (token: string) => hash('sha256', token, 'base64')
