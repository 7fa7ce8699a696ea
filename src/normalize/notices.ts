import { NOTICE_MESSAGES } from '../model/notices.ts'
import type { Notice } from '../model/span.ts'

export type NoticeCode = keyof typeof NOTICE_MESSAGES

/** Collects the notices of one span: one per code, counted. */
export class Notices {
  /** null = none, as for most spans. */
  #counts: Map<string, number> | null

  /** True when texts that were sent need no look: the decoder found nothing to mend. What is made of them does. */
  readonly clean: boolean

  /** Starts with what is known of the span's resource and scope. */
  constructor(from?: Notices, clean = false) {
    this.clean = clean
    this.#counts = from === undefined || from.#counts === null ? null : new Map(from.#counts)
  }

  add(code: NoticeCode, count = 1): void {
    this.#count(code, count)
  }

  /** Takes over what the decoder mended; it may know codes that have no sentence here. */
  addRepair(code: string): void {
    this.#count(code, 1)
  }

  #count(code: string, count: number): void {
    this.#counts ??= new Map()
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + count)
  }

  /** In a fixed order, so that equal spans have equal notices. */
  list(): Notice[] {
    const counts = this.#counts
    if (counts === null) return []
    const codes = [...counts.keys()].sort()
    return codes.map((code) => {
      const message = Object.hasOwn(NOTICE_MESSAGES, code)
        ? NOTICE_MESSAGES[code as NoticeCode]
        : `The receiver mended the span: ${code.replaceAll('_', ' ')}.`
      return { code, message, count: counts.get(code) as number }
    })
  }
}
