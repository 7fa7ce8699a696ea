import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createLog } from '../src/log.ts'
import type { AttributeValue } from '../src/model/attributes.ts'
import type { SpanLog } from '../src/model/log.ts'
import type { Span } from '../src/model/span.ts'
import { startEmbedded } from '../src/store/embedded/index.ts'
import { encodeBatch } from '../src/store/encode-batch.ts'
import { openStore } from '../src/store/index.ts'
import { LogParts } from '../src/store/log-parts.ts'
import { Repeats } from '../src/store/message-parts.ts'
import { writeSpanLogs } from '../src/store/span-logs.ts'
import { writeGroup } from '../src/store/write-group.ts'
import { span } from '../test/helpers/span.ts'

/** What an agent costs on disk. */
interface MessageCost {
  name: string
  /** Bytes of all tables and indexes per span. */
  bytesPerSpan: number
  /** Spans stored per second, encoding included, one call after the other. */
  spansPerSecond: number
}

const TURNS = 100
/** Characters of a message: half a screen. */
const CHARACTERS = 1_000

/** An agent of 100 turns that sends its whole history with every call, with and without sharing what repeats. */
export async function benchMessages(): Promise<MessageCost[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'workflow-trace-messages-'))
  const log = createLog('silent')
  const postgres = await startEmbedded({ dataDir, log })
  try {
    // makes the tables and the partitions of today
    const store = await openStore({ url: postgres.url, log, redactionVersion: 1, retentionDays: null })
    await store.close()
    const never = { again: () => false } as unknown as Repeats
    return [
      await cost('in attributes, every call holds its history', postgres.url, attributes(never, 'a')),
      await cost('in attributes, what repeats is stored once', postgres.url, attributes(new Repeats(), 'b')),
      await cost('in log records, every call holds its history', postgres.url, records('c', true)),
      await cost('in log records, what repeats is stored once', postgres.url, records('d', false)),
    ]
  } finally {
    await postgres.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface Place {
  realm: number
  days: ReadonlySet<string>
  nowMs: number
  redactionVersion: number
  erasuresKnown: bigint
}

/** Stores one call of the agent after the other. */
type Writer = (pool: pg.Pool, place: Place) => Promise<void>

const attributes =
  (repeats: Repeats, trace: string): Writer =>
  async (pool, place) => {
    for (const call of calls(trace)) {
      const batch = encodeBatch([call], { ...place, repeats })
      await writeGroup(pool, [{ ...batch, spans: batch.spans.slice() }])
    }
  }

/** The call says nothing, its history follows: one record for each message, `whole` as they were stored before. */
const records =
  (trace: string, whole: boolean): Writer =>
  async (pool, place) => {
    const repeats = new Repeats()
    const { bodyOf } = LogParts.prototype
    if (whole) LogParts.prototype.bodyOf = (_log, _day, json) => json
    try {
      for (const call of calls(trace)) {
        const batch = encodeBatch([{ ...call, content: new Map() }], { ...place, repeats })
        await writeGroup(pool, [{ ...batch, spans: batch.spans.slice() }])
        await writeSpanLogs(pool, logsOf(call), place)
      }
    } finally {
      LogParts.prototype.bodyOf = bodyOf
    }
  }

function logsOf(call: Span): SpanLog[] {
  const history = JSON.parse(String(call.content.get('gen_ai.input.messages'))) as Message[]
  return history.map(({ role, parts }, index) => ({
    traceId: call.traceId,
    spanId: call.spanId,
    timeNs: call.startNs + BigInt(index),
    severity: 9,
    name: `gen_ai.${role}.message`,
    body: new Map([['content', parts[0]?.content ?? '']]),
    attributes: new Map([['gen_ai.system', 'openai']]),
    droppedAttributesCount: 0,
  }))
}

async function cost(name: string, url: string, write: Writer): Promise<MessageCost> {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const size = async () => {
    const { rows } = await pool.query<{ bytes: string }>(
      `select sum(pg_total_relation_size(oid)) as bytes from pg_class
       where relname ~ '^(spans|messages|span_logs)(_|$)' and relkind = 'r'`,
    )
    return Number(rows[0]?.bytes)
  }
  const { rows } = await pool.query<{ day: string }>('select to_char(now(), $1) as day', ['YYYY-MM-DD'])
  const place = {
    realm: 1,
    days: new Set([rows[0]?.day ?? '']),
    nowMs: Date.now(),
    redactionVersion: 1,
    erasuresKnown: 2n ** 62n,
  }
  const before = await size()
  const began = performance.now()
  await write(pool, place)
  const seconds = (performance.now() - began) / 1000
  const bytes = (await size()) - before
  await pool.end()
  return { name, bytesPerSpan: Math.round(bytes / TURNS), spansPerSecond: Math.round(TURNS / seconds) }
}

interface Message {
  role: string
  parts: { type: string; content: string }[]
}

function calls(trace: string): Span[] {
  const history: Message[] = []
  return Array.from({ length: TURNS }, (_, turn) => {
    history.push(message('user', trace, turn * 2))
    const input = JSON.stringify(history)
    const output = message('assistant', trace, turn * 2 + 1)
    history.push(output)
    return span(trace, (turn + 1).toString(16), null, {
      kind: 'llm',
      startNs: BigInt(Date.now() + turn) * 1_000_000n,
      content: new Map<string, AttributeValue>([
        ['gen_ai.input.messages', input],
        ['gen_ai.output.messages', JSON.stringify([output])],
      ]),
    })
  })
}

/** Words that do not repeat, so that compression does not do the work. */
function message(role: string, trace: string, seed: number): Message {
  let content = ''
  let state = seed * 7919 + trace.charCodeAt(0)
  while (content.length < CHARACTERS) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    content += `${state.toString(36)} `
  }
  return { role, parts: [{ type: 'text', content }] }
}
