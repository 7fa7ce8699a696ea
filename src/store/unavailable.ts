import { StoreUnavailable } from '../errors.ts'
import { classify } from './sqlstate.ts'

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
