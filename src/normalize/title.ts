import type { Span } from '../model/span.ts'
import { families } from './families/index.ts'
import { asText } from './fields.ts'

const TITLE_KEYS = families.flatMap(({ fields }) => (fields?.title ?? []).map(keyOf))
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
  for (const key of TITLE_KEYS) {
    const found = asText(span.attributes.get(key) ?? null)
    if (found !== null) return found
  }
  return span.name
}

function keyOf(feed: string | { key: string }): string {
  return typeof feed === 'string' ? feed : feed.key
}
