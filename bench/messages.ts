import pg from 'pg'
import type { AttributeValue } from '../src/model/attributes.ts'
import type { Span } from '../src/model/span.ts'
import { encodeBatch } from '../src/store/encode-batch.ts'
import { Repeats } from '../src/store/message-parts.ts'
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
export async function benchMessages(url: string): Promise<MessageCost[]> {
  const never = { again: () => false } as unknown as Repeats
  return [
    await cost('every call holds its history', url, never, 'a'),
    await cost('what repeats is stored once', url, new Repeats(), 'b'),
  ]
}

async function cost(name: string, url: string, repeats: Repeats, trace: string): Promise<MessageCost> {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const size = async () => {
    const { rows } = await pool.query<{ bytes: string }>(
      `select sum(pg_total_relation_size(oid)) as bytes from pg_class
       where relname ~ '^(spans|messages)(_|$)' and relkind = 'r'`,
    )
    return Number(rows[0]?.bytes)
  }
  const { rows } = await pool.query<{ day: string }>('select to_char(now(), $1) as day', ['YYYY-MM-DD'])
  const place = { realm: 1, days: new Set([rows[0]?.day ?? '']), nowMs: Date.now(), redactionVersion: 1 }
  const before = await size()
  const began = performance.now()
  for (const call of calls(trace)) {
    const batch = encodeBatch([call], { ...place, erasuresKnown: 2n ** 62n, repeats })
    await writeGroup(pool, [{ ...batch, spans: batch.spans.slice() }])
  }
  const seconds = (performance.now() - began) / 1000
  const bytes = (await size()) - before
  await pool.end()
  return { name, bytesPerSpan: Math.round(bytes / TURNS), spansPerSecond: Math.round(TURNS / seconds) }
}

function calls(trace: string): Span[] {
  const history: object[] = []
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
function message(role: string, trace: string, seed: number): object {
  let content = ''
  let state = seed * 7919 + trace.charCodeAt(0)
  while (content.length < CHARACTERS) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    content += `${state.toString(36)} `
  }
  return { role, parts: [{ type: 'text', content }] }
}
