import { NOTICE_MESSAGES } from '../model/notices.ts'
import type { Notice } from '../model/span.ts'

export type NoticeCode = keyof typeof NOTICE_MESSAGES

/** Collects the notices of one span: one per code, counted. */
export class Notices {
  readonly #counts: Map<string, number>

  /** Starts with what is known of the span's resource and scope. */
  constructor(from?: Notices) {
    this.#counts = new Map(from === undefined ? [] : from.#counts)
  }

  add(code: NoticeCode, count = 1): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + count)
  }

  /** Takes over what the decoder mended; it may know codes that have no sentence here. */
  addRepair(code: string): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1)
  }

  /** In a fixed order, so that equal spans have equal notices. */
  list(): Notice[] {
    if (this.#counts.size === 0) return []
    const codes = [...this.#counts.keys()].sort()
    return codes.map((code) => {
      const message = Object.hasOwn(NOTICE_MESSAGES, code)
        ? NOTICE_MESSAGES[code as NoticeCode]
        : `The receiver mended the span: ${code.replaceAll('_', ' ')}.`
      return { code, message, count: this.#counts.get(code) as number }
    })
  }
}
