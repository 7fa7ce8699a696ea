import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { SPAN_COLUMNS } from '../src/store/span-row.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import { type OneService, oneService } from './one-service.ts'

export interface Growth {
  /** Millions that were stored before. */
  millions: number
  spans_per_s: number
  /** Processor time of a span, which says more than its rate on a machine that does other things as well. */
  node_us: number
  pg_us: number
}

/** Runs of the workload that are measured at each mark. */
const measuredRuns = 3
/** Milliseconds for the roll-ups and the checkpoint of what came before. */
const pauseMs = 5_000

/** What the mixed workload costs with so many millions of its own kind stored before, all of them on one day. */
export async function benchGrowth(
  marks: readonly number[],
  share: number,
  say: (line: string) => void,
): Promise<Growth[]> {
  const service = await oneService()
  const result: Growth[] = []
  try {
    const send = await loadOf(service, share)
    // what compiles at first is not measured
    let stored = await send()
    for (const millions of marks) {
      stored = await grow(service, stored, millions * 1e6)
      await wait(pauseMs)
      const before = { ...service.cpu(), at: performance.now() }
      let spans = 0
      for (let run = 0; run < measuredRuns; run++) spans += await send()
      const ms = performance.now() - before.at
      await wait(pauseMs)
      const after = service.cpu()
      stored += spans
      const each = (from: number, to: number) => Math.round(((to - from) / spans) * 10) / 10
      const grown = {
        millions,
        spans_per_s: Math.round((spans / ms) * 1000),
        node_us: each(before.node, after.node),
        pg_us: each(before.pg, after.pg),
      }
      result.push(grown)
      say(
        `${String(millions).padStart(6)} million stored: ${grown.spans_per_s} spans/s, service ${grown.node_us} µs, Postgres ${grown.pg_us} µs a span`,
      )
    }
    return result
  } finally {
    await service.stop()
  }
}

/** Copies what is stored into other traces until there are so many spans; resolves with their number. */
async function grow(service: OneService, stored: number, wanted: number): Promise<number> {
  const client = new pg.Client({ connectionString: service.databaseUrl })
  await client.connect()
  const others = SPAN_COLUMNS.filter((column) => column !== 'trace_id').join(', ')
  let total = stored
  while (total < wanted) {
    // other ids lie all over the index, as new ones do
    const { rowCount } = await client.query(
      `insert into spans (trace_id, ${others})
       select decode(md5(trace_id::text || $1), 'hex'), ${others} from spans limit $2`,
      [String(total), wanted - total],
    )
    total += rowCount ?? 0
  }
  await client.query('vacuum analyze spans')
  await client.query('checkpoint')
  await client.end()
  return total
}

/** Sends the workload once more, in new traces: resolves with its spans. */
async function loadOf(service: OneService, share: number): Promise<() => Promise<number>> {
  let round = 0
  const order = (): LoadOrder => ({
    workload: 'mixed',
    url: `${service.url}/v1/traces`,
    authorization: service.authorization,
    share,
    round: round++,
  })
  const { child } = await service.tell<LoadResult>('load.ts', order())
  return async () => {
    const answer = await new Promise<LoadResult | { error: string }>((resolve) => {
      child.once('message', (said) => resolve(said as LoadResult))
      child.send(order())
    })
    if ('error' in answer) throw new Error(answer.error)
    return answer.spans
  }
}
