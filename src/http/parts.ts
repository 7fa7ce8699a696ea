import type { Keys } from '../access/keys.ts'
import type { Config } from '../config.ts'
import type { RowThreads } from '../ingest/row-threads.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Redactor } from '../redact/index.ts'
import type { Store } from '../store/index.ts'

/** What routes work with: made once by main.ts, replaced piece by piece in tests. */
export interface Parts {
  config: Config
  log: Logger
  metrics: Metrics
  store: Store
  /** The redactor with a workspace's key; rejects with StoreUnavailable. */
  redactorOf: (workspace: string) => Promise<Redactor>
  /** Makes rows of exports beside this thread; absent = here. */
  threads?: RowThreads | null
  keys: Keys
  /** Unix milliseconds. */
  now: () => number
  /** True from the first signal on: readiness is red, and the service answers what still comes. */
  draining: () => boolean
}
