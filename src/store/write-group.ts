import type { Pool, PoolClient } from 'pg'
import { copyIn } from './copy-in.ts'
import { SPAN_COLUMNS } from './span-row.ts'
import { classify } from './sqlstate.ts'

/** Rows of one request, ready for COPY, with the marks that tell the roll-up which traces changed. */
export interface WritableRows {
  /** COPY rows of `spans`. */
  spans: Buffer
  /** COPY rows of `dirty_traces`. */
  marks: Buffer
  /** COPY rows of `messages` that the spans refer to; mostly empty. */
  messages: Buffer
  /** The newest erasure that was known when the spans were let in. */
  erasuresKnown: bigint
}

const columns = SPAN_COLUMNS.join(', ')
const key = 'realm, trace_id, span_id, day'
const copyMarks = 'copy dirty_traces (realm, trace_id, execution_ids, days) from stdin (format binary)'
const copySpans = `copy spans (${columns}) from stdin (format binary); ${copyMarks}`

/** One stage for each connection, emptied by every commit: a new temporary table each time would bloat the catalog. */
const makeStage = `create temporary table if not exists span_stage (like spans) on commit delete rows`
const copyStage = `copy span_stage (${columns}) from stdin (format binary); ${copyMarks}`
const makeMessageStage =
  'create temporary table if not exists message_stage (like messages) on commit delete rows'
/** In key order, in the spans' own transaction: a span never refers to what is not there. */
const addMessages = `copy message_stage (realm, trace_id, day, hash, body) from stdin (format binary);
  insert into messages select * from message_stage order by realm, trace_id, day, hash on conflict do nothing; `
/** Key order, so that two writers with the same spans cannot deadlock; across partitions, by ON CONFLICT. */
const mergeStage = `
  insert into spans (${columns})
  select distinct on (${key}) ${columns} from span_stage order by ${key}, rank desc
  on conflict (${key}) do update set
    ${SPAN_COLUMNS.slice(4)
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}
  where excluded.rank > spans.rank`

/**
 * Stores the rows of several requests in one transaction and resolves after its COMMIT. A plain COPY when every
 * span is new; when one is not (23505), or with `staged`, all of them through a stage, where the larger rank wins and an
 * equal one writes nothing, and all take their keys in the same order. Rejects with the driver's error (`isOutdated` when the rows were made with an old view of erasures or
 * partitions); then nothing of the group is stored.
 */
export async function writeGroup(pool: Pool, group: readonly WritableRows[], staged = false): Promise<void> {
  const [known = 0n] = group.map((rows) => rows.erasuresKnown).sort((a, b) => (a < b ? -1 : 1))
  const messages = group.map((rows) => rows.messages).filter((rows) => rows.length > 0)
  const check = `select erasures_unchanged(${known}); ${messages.length > 0 ? addMessages : ''}`
  const feeds = [
    ...(messages.length > 0 ? [messages] : []),
    group.map((rows) => rows.spans),
    group.map((rows) => rows.marks),
  ]
  await withClient(pool, async (client) => {
    if (messages.length > 0) await client.query(makeMessageStage)
    if (staged) return merge(client, check, feeds)
    try {
      await copyIn(client, check + copySpans, feeds)
    } catch (error) {
      if (classify(error).class !== 'duplicate') throw error
      await merge(client, check, feeds)
    }
  })
}

async function merge(
  client: PoolClient,
  check: string,
  feeds: readonly (readonly Buffer[])[],
): Promise<void> {
  await client.query(makeStage)
  // the statements of one simple query are one transaction, and the stage is emptied when it commits
  await copyIn(client, `${check}${copyStage}; ${mergeStage}`, feeds)
}

/**
 * True for a failure that says: something was erased, or a day's partition was dropped, since these rows were made.
 * Made anew from a fresh look they can be stored.
 */
export function isOutdated(error: unknown): boolean {
  const { code, constraint } = error as { code?: string; constraint?: string }
  // 23514 without a constraint: there is no partition for the row
  return code === 'WT001' || (code === '23514' && constraint === undefined)
}

async function withClient(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await work(client)
  } catch (error) {
    // a statement's error leaves the connection usable; FATAL ends it, though the end itself is heard of only later, and
    // a retry would be given the same one again; so does what the server did not say (time-out, reset)
    if ((error as { severity?: string }).severity !== 'ERROR') broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}
