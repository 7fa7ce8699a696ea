import type { Notice } from '../model/span.ts'

/** What each notice tells the reader. The codes are stable; clients may rely on them. */
const MESSAGES = {
  self_parent: 'The span named itself as its parent; it is shown without one.',
  invalid_parent_id: 'The parent id was not 8 bytes; the span is shown without a parent.',
  zero_parent_id: 'The parent id was all zeros; the span is shown without a parent.',
  parent_never_exported: 'The parent id stands for no span (LangSmith); the span is shown as a root.',
  no_start: 'No start time was sent.',
  end_before_start: 'The span ended before it started; its duration is shown as 0.',
  time_clamped: 'A time was too far in the future to be stored and was clamped.',
  attributes_dropped: 'Attributes beyond the limit were dropped.',
  events_dropped: 'Events beyond the limit were dropped.',
  links_dropped: 'Links beyond the limit were dropped.',
  sender_dropped: 'The sender dropped attributes, events or links before it exported the span.',
  truncated: 'Values beyond the limit were cut.',
  key_truncated: 'Attribute keys beyond the limit were cut.',
  id_truncated: 'Ids beyond the limit were cut.',
  too_deep: 'Values nested too deep were replaced by a marker.',
  text_mended: 'Characters that cannot be stored were replaced.',
  invalid_utf8: 'Text that is not UTF-8 was mended.',
  lone_surrogate: 'Half characters (lone surrogates) were replaced.',
  null_double: 'Numbers that were sent as null are shown as NaN.',
  int_precision: 'A whole number lost digits on its way: it was sent as a JSON number beyond 2^53.',
  bad_number: 'A value is no number although it was sent as one; it is kept as text.',
  bad_base64: 'A value is no base64 although it was sent as such; it is kept as text.',
  bad_link_id: 'Ids of a link were not usable.',
  too_many_events: 'Events and links beyond the limit of the request were dropped.',
  duplicate_key: 'An attribute was sent more than once; the last value counts.',
} as const

export type NoticeCode = keyof typeof MESSAGES

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
      const message = Object.hasOwn(MESSAGES, code)
        ? MESSAGES[code as NoticeCode]
        : `The receiver mended the span: ${code.replaceAll('_', ' ')}.`
      return { code, message, count: this.#counts.get(code) as number }
    })
  }
}
