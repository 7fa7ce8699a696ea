import type { Kysely } from 'kysely'
import type { Pool } from 'pg'
import type { Span } from '../model/span.ts'
import { loadSpans, type SpanId, spanKey } from './load-spans.ts'
import type { Tables } from './tables.ts'

/** Ids whose sizes are asked for at once. */
const LOOK_AHEAD = 500
/** Characters of stored JSON that are loaded at once; a single span may have more. */
const BATCH_CHARACTERS = 4 * 1024 * 1024

/**
 * Whole spans in the order of their ids, in batches of bounded size: an export of any length holds a few megabytes.
 * A span that was erased meanwhile is left out.
 */
export async function* spansInBatches(
  pool: Pool,
  db: Kysely<Tables>,
  realm: number,
  ids: readonly SpanId[],
  days?: readonly string[],
): AsyncGenerator<Span[]> {
  for (let from = 0; from < ids.length; from += LOOK_AHEAD) {
    const ahead = ids.slice(from, from + LOOK_AHEAD)
    const sizes = await sizesOf(pool, realm, ahead, days)
    let batch: SpanId[] = []
    let characters = 0
    for (const id of ahead) {
      const size = sizes.get(spanKey(id)) ?? 0
      if (batch.length > 0 && characters + size > BATCH_CHARACTERS) {
        yield await load(db, realm, batch, days)
        batch = []
        characters = 0
      }
      batch.push(id)
      characters += size
    }
    yield await load(db, realm, batch, days)
  }
}

async function load(
  db: Kysely<Tables>,
  realm: number,
  ids: readonly SpanId[],
  days?: readonly string[],
): Promise<Span[]> {
  const spans = await loadSpans(db, realm, ids, days)
  return ids.map((id) => spans.get(spanKey(id))).filter((span) => span !== undefined)
}

/** What stands for content that is stored elsewhere: what a reference stands for is not known before it is read. */
const SHARED_CHARACTERS = 64 * 1024

/** Characters of what is stored of each span, before compression. */
async function sizesOf(
  pool: Pool,
  realm: number,
  ids: readonly SpanId[],
  days?: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ id: string; size: string }>(
    `select encode(key.trace || key.span, 'hex') as id,
       sum(coalesce(length(attributes), 0) + coalesce(length(content), 0)
         + coalesce(length(events), 0) + coalesce(length(links), 0)
         + case when content like '%{"parts":[%' or events like '%{"parts":[%'
             then ${SHARED_CHARACTERS} else 0 end) as size
     from unnest($2::bytea[], $3::bytea[]) key (trace, span)
     join spans on realm = $1 and trace_id = key.trace and span_id = key.span
       ${days === undefined ? '' : 'and day = any($4::date[])'} group by 1`,
    [
      realm,
      ids.map(({ traceId }) => Buffer.from(traceId, 'hex')),
      ids.map(({ spanId }) => Buffer.from(spanId, 'hex')),
      ...(days === undefined ? [] : [days]),
    ],
  )
  return new Map(rows.map(({ id, size }) => [id, Number(size)]))
}
