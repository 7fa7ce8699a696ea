import { CompiledQuery, type Kysely } from 'kysely'
import type { ClientBase, Pool } from 'pg'
import type { Tables } from './tables.ts'

/** The columns of a span that hold JSON as text, the first two of which may refer to `messages`. */
interface JsonColumns {
  trace_id: Buffer
  content: unknown
  events?: unknown
  attributes?: unknown
  links?: unknown
}
const JSON_COLUMNS = ['content', 'events', 'attributes', 'links'] as const

/** What stands where a part is gone: the rest is shown as text. */
const GONE = '[a part of this value is gone]'

/** Lists of lists that are followed: 32⁶ parts. */
const MOST_LEVELS = 6

/**
 * Parses what the given rows hold as JSON, and puts whole values back in the place of references. One query for each
 * level of lists.
 */
export async function readContents(
  db: Kysely<Tables> | Pool | ClientBase,
  realm: number,
  rows: readonly JsonColumns[],
): Promise<void> {
  for (const row of rows) {
    for (const column of JSON_COLUMNS) {
      const text = row[column]
      if (typeof text === 'string') row[column] = JSON.parse(text)
    }
  }
  const places = rows.flatMap((row) => placesOf(row))
  if (places.length === 0) return
  const bodies = new Map<string, string>()
  let wanted = new Map(
    places.flatMap(({ traceId, parts }) => parts.map((part) => wish(traceId, part))).filter(isRow),
  )
  for (let level = 0; level < MOST_LEVELS && wanted.size > 0; level++) {
    const traces = new Set(Array.from(wanted.values(), ({ traceId }) => traceId))
    const hashes = new Set(Array.from(wanted.values(), ({ hash }) => hash))
    for (const row of await load(db, realm, bytes(traces), bytes(hashes)))
      bodies.set(`${row.trace}${row.hash}`, row.body)
    const lists = [...wanted.values()].filter(({ isList }) => isList)
    wanted = new Map(
      lists
        .flatMap(({ traceId, hash }) =>
          partsOf(bodies.get(traceId + hash)).map((part) => wish(traceId, part)),
        )
        .filter(isRow)
        .filter(([key]) => !bodies.has(key)),
    )
  }
  for (const { traceId, parts, put } of places) put(parsedOr(joined(traceId, parts, bodies, 0)))
}

interface Place {
  traceId: string
  parts: readonly string[]
  put: (value: unknown) => void
}

function placesOf(row: JsonColumns): Place[] {
  const traceId = row.trace_id.toString('hex')
  const events = Array.isArray(row.events) ? row.events.map((event: { a?: unknown }) => event.a) : []
  return [row.content, ...events].flatMap((holder) => {
    if (typeof holder !== 'object' || holder === null) return []
    const values = holder as Record<string, unknown>
    return Object.entries(values).flatMap(([key, value]) => {
      const parts = (value as { parts?: unknown } | null)?.parts
      if (!Array.isArray(parts)) return []
      // `__proto__` may be the name of an attribute
      const put = (value: unknown) =>
        void Object.defineProperty(values, key, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        })
      return [{ traceId, parts: parts as string[], put }]
    })
  })
}

interface Wish {
  traceId: string
  hash: string
  isList: boolean
}

function wish(traceId: string, part: string): [string, Wish | null] {
  if (part.startsWith('=')) return ['', null]
  const hash = part.slice(1)
  return [traceId + hash, { traceId, hash, isList: part.startsWith('@') }]
}

const isRow = (entry: [string, Wish | null]): entry is [string, Wish] => entry[1] !== null

function joined(
  traceId: string,
  parts: readonly string[],
  bodies: ReadonlyMap<string, string>,
  level: number,
): string {
  if (level > MOST_LEVELS) return GONE
  return parts
    .map((part) => {
      if (part.startsWith('=')) return part.slice(1)
      const body = bodies.get(traceId + part.slice(1))
      if (body === undefined) return GONE
      return part.startsWith('@') ? joined(traceId, partsOf(body), bodies, level + 1) : body
    })
    .join('')
}

const partsOf = (list: string | undefined): string[] => (list === undefined ? [] : JSON.parse(list))

function parsedOr(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

const bytes = (hex: Iterable<string>) => Array.from(hex, (text) => Buffer.from(text, 'hex'))

interface Body {
  trace: string
  hash: string
  body: string
}

async function load(
  db: Kysely<Tables> | Pool | ClientBase,
  realm: number,
  traces: Buffer[],
  hashes: Buffer[],
): Promise<Body[]> {
  const text = `select encode(trace_id, 'hex') as trace, encode(hash, 'hex') as hash, body from messages
    where realm = $1 and trace_id = any($2) and hash = any($3)`
  const values = [realm, traces, hashes]
  if ('selectFrom' in db) return (await db.executeQuery(CompiledQuery.raw(text, values))).rows as Body[]
  return (await db.query<Body>(text, values)).rows
}
