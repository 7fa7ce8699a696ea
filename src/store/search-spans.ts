import type { Pool } from 'pg'
import type { Attributes } from '../model/attributes.ts'
import { SPAN_KINDS, SPAN_STATUSES, type SpanKind, type SpanStatus } from '../model/span.ts'
import { KEYS, keyBytes } from './load-slim.ts'
import type { SpanId } from './load-spans.ts'
import { readContents } from './message-read.ts'
import { attributesFromStored } from './stored-value.ts'

/** What spans must be to be found; every condition that is given must hold. */
export interface SpanSearch {
  kinds: readonly SpanKind[] | null
  statuses: readonly SpanStatus[] | null
  /** What the text must hold, whatever its case; null = any. */
  text: string | null
  /** Look into prompts and responses, too. */
  content: boolean
}

/** A span that may match: its texts as stored, for the caller to mask and to look at again. */
export interface Candidate extends SpanId {
  texts: string[]
  content: Attributes
}

/**
 * Of the given spans, those that match as they are stored. The caller masks the texts for its reader and looks
 * again, so that nobody finds what he may not see.
 */
export async function searchSpans(
  db: Pool,
  realm: number,
  keys: readonly SpanId[],
  days: readonly string[],
  search: SpanSearch,
): Promise<Candidate[]> {
  const values: unknown[] = [realm, ...keyBytes(keys), days]
  const where: string[] = []
  const condition = (sql: (parameter: string) => string, value: unknown) => {
    values.push(value)
    where.push(sql(`$${values.length}`))
  }
  if (search.kinds !== null) {
    const kinds = search.kinds.map((kind) => SPAN_KINDS.indexOf(kind))
    condition((kind) => `kind = any(${kind}::smallint[])`, kinds)
  }
  if (search.statuses !== null) {
    const statuses = search.statuses.map((status) => SPAN_STATUSES.indexOf(status))
    condition((status) => `status = any(${status}::smallint[])`, statuses)
  }
  const inContent = search.text !== null && search.content
  if (search.text !== null) {
    const columns = ['name', 'title', 'node_name', 'node_id', 'model']
    // what is stored once may be anywhere in its trace: the caller looks again
    const shared = `(content like '%"parts":[%' and exists (select from messages m
      where m.realm = span.realm and m.trace_id = span.trace_id and m.body ilike `
    // What an error says may quote content.
    if (inContent) columns.push('error_message', 'content')
    condition(
      (pattern) =>
        `(${columns.map((column) => `${column} ilike ${pattern}`).join(' or ')}${inContent ? ` or ${shared}${pattern}))` : ''})`,
      patternOf(search.text),
    )
  }
  const { rows } = await db.query<unknown[]>({
    text: `select encode(key.trace, 'hex'), encode(key.span, 'hex'), name, title, node_name, node_id, model,
        ${inContent ? 'error_message, content' : 'null, null'}
      from ${KEYS} cross join lateral (
        select * from spans where realm = $1 and trace_id = key.trace and span_id = key.span and day = any($4::date[])
        offset 0) span
      ${where.length === 0 ? '' : `where ${where.join(' and ')}`}`,
    values,
    rowMode: 'array',
  })
  const contents = rows.map((row) => ({ trace_id: Buffer.from(row[0] as string, 'hex'), content: row[8] }))
  await readContents(db, realm, contents)
  return rows.map((row, place) => ({
    traceId: row[0] as string,
    spanId: row[1] as string,
    texts: row.slice(2, 8).filter((text) => typeof text === 'string'),
    content: attributesFromStored(contents[place]?.content ?? null),
  }))
}

/**
 * A pattern that matches at least what the text is part of: what JSON escapes, what only JavaScript folds to one
 * case, and what masking may have put there (`[redacted:…]`) can be anything.
 */
function patternOf(text: string): string {
  if (/[[\]]|redacted/i.test(text)) return '%'
  const parts = Array.from(text, (character) => {
    if (character === '%' || character === '_') return `\\${character}`
    return /^[\x20\x21\x23-\x5b\x5d-\x7e]$/.test(character) ? character : '%'
  })
  return `%${parts.join('')}%`
}
