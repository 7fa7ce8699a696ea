import { setTimeout as wait } from 'node:timers/promises'
import { StoreUnavailable } from '../errors.ts'
import { classify } from './sqlstate.ts'

const PAUSE_MS = 25

/**
 * `orUnavailable` for work that may be done twice: a connection that broke, as one that was idle when Postgres
 * restarted, costs a second try and not a 503.
 */
export function orAgain<T>(work: () => Promise<T>): Promise<T> {
  const first = work().catch(async (error) => {
    const { class: failure, retry } = classify(error)
    if (failure !== 'away' || !retry) throw error
    // the others of the pool hear of it too, and are replaced
    await wait(PAUSE_MS)
    return work()
  })
  return orUnavailable(first)
}

/** A failure that will pass is `StoreUnavailable` (503, the caller comes back); others stay what they are. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const failure = classify(error).class
    if (failure === 'unknown' || failure === 'data' || failure === 'duplicate') throw error
    throw new StoreUnavailable({ cause: error })
  }
}
