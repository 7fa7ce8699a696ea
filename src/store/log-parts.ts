import { hash } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { AttributeValue } from '../model/attributes.ts'
import type { SpanLog } from '../model/log.ts'
import { cut } from './message-parts.ts'

/**
 * Agents that tell their messages as log records tell the whole history with every call, one record for each message:
 * what a record says is stored once per trace and day, as messages are, and the record refers to it.
 */

/** Characters of JSON below which a record or a part of it stays where it is. */
const SHARED_FROM = 256
/** Parts in one list; longer lists are lists of lists. */
const LIST = 32

/** A row of `messages`. */
interface MessageRow {
  trace: string
  /** `YYYY-MM-DD`, the day of the record: both partitions go together. */
  day: string
  hash: Buffer
  body: string
}

/** What the records of one request share. */
export class LogParts {
  readonly #rows = new Map<string, MessageRow>()

  /** What to store as the body of a record: the JSON itself, or references. */
  bodyOf(log: SpanLog, day: string, json: string): string {
    if (json.length < SHARED_FROM || isException(log)) return json
    const store = (body: string) => this.#store(log.traceId, day, body)
    const parts = cut(json).map((part) => (part.length < SHARED_FROM ? `=${part}` : `#${store(part)}`))
    return `{"r":{"parts":${JSON.stringify(folded(parts, store))}}}`
  }

  #store(trace: string, day: string, body: string): string {
    const digest = hash('sha256', body, 'buffer').subarray(0, 16)
    const name = digest.toString('hex')
    this.#rows.set(`${trace}${day}${name}`, { trace, day, hash: digest, body })
    return name
  }

  /** Stores what records refer to, before them and in their transaction. */
  async write(client: PoolClient, realm: number): Promise<void> {
    if (this.#rows.size === 0) return
    const rows = [...this.#rows.values()]
    await client.query(
      `insert into messages (realm, trace_id, day, hash, body)
       select $1, m.trace, m.day, m.hash, m.body
       from unnest($2::bytea[], $3::date[], $4::bytea[], $5::text[]) m (trace, day, hash, body)
       order by m.trace, m.day, m.hash on conflict do nothing`,
      [
        realm,
        rows.map(({ trace }) => Buffer.from(trace, 'hex')),
        rows.map(({ day }) => day),
        rows.map((row) => row.hash),
        rows.map(({ body }) => body),
      ],
    )
  }
}

/** Roll-ups look for exceptions in the rows themselves. */
function isException({ attributes }: SpanLog): boolean {
  const has = (key: string) => (attributes.get(key) as AttributeValue | undefined) !== undefined
  return has('exception.type') || has('exception.message')
}

/** Lists of `LIST` parts from the start, so that a history that grows keeps its lists. */
function folded(parts: readonly string[], store: (body: string) => string): string[] {
  if (parts.length <= LIST) return [...parts]
  const whole = parts.length - (parts.length % LIST)
  const lists: string[] = []
  for (let from = 0; from < whole; from += LIST) {
    lists.push(`@${store(JSON.stringify(parts.slice(from, from + LIST)))}`)
  }
  return [...folded(lists, store), ...parts.slice(whole)]
}
