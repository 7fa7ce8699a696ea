import type { Span } from '../model/span.ts'
import { keyOf, readerOf } from './compile.ts'
import { families } from './families/index.ts'

const TITLE_FEEDS = families.flatMap(({ fields }) =>
  (fields?.title ?? []).map((feed) => ({ key: keyOf(feed), read: readerOf(feed, 'title') })),
)
const TITLES = families.flatMap(({ title }) => (title === undefined ? [] : [title]))

/**
 * What a row of the tree is called: a node's display name, an operation's readable title (`GET
 * api.example.com/orders/{id}` for a span named `GET`), a tool's name; else the span's name as sent.
 */
export function displayName(span: Pick<Span, 'name' | 'kind' | 'nodeName' | 'attributes'>): string {
  if (span.nodeName !== null) return span.nodeName
  const get = (key: string) => span.attributes.get(key)
  if (span.kind === 'downstream' || span.kind === 'agent') {
    for (const title of TITLES) {
      const found = title(get)
      if (found !== null) return found
    }
  }
  for (const { key, read } of TITLE_FEEDS) {
    const found = read(span.attributes.get(key) ?? null)
    if (typeof found === 'string') return found
  }
  return span.name
}
