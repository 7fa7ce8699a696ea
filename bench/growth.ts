import type { LoadOrder, LoadResult } from './load.ts'
import { oneService } from './one-service.ts'

export interface Growth {
  /** Millions that were stored before. */
  millions: number
  spans_per_s: number
}

/** Spans per second of the mixed workload with so many millions stored before, all of them by the same way. */
export async function benchGrowth(
  marks: readonly number[],
  share: number,
  say: (line: string) => void,
): Promise<Growth[]> {
  const service = await oneService()
  const result: Growth[] = []
  try {
    const order = (round: number): LoadOrder => ({
      workload: 'mixed',
      url: `${service.url}/v1/traces`,
      authorization: service.authorization,
      share,
      round,
    })
    const { answer, child } = await service.tell<LoadResult>('load.ts', order(1))
    let stored = answer.spans
    for (const millions of marks) {
      let last: LoadResult | null = null
      // one more round when the mark is reached: it is the measured one
      for (let reached = false; !reached; ) {
        reached = stored >= millions * 1e6
        last = await new Promise<LoadResult>((resolve) => {
          child.once('message', (said) => resolve(said as LoadResult))
          child.send(order(Math.round(stored / answer.spans) + 1))
        })
        if ('error' in last) throw new Error(String(last.error))
        stored += last.spans
      }
      const spans_per_s = Math.round(((last?.spans ?? 0) / (last?.ms ?? 1)) * 1000)
      result.push({ millions, spans_per_s })
      say(`${String(millions).padStart(6)} million stored: ${spans_per_s} spans/s`)
    }
    return result
  } finally {
    await service.stop()
  }
}
