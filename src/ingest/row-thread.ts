/** A thread of `RowThreads`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { createRedactor } from '../redact/index.ts'
import { redactClocks } from '../redact-clocks.ts'
import type { RowThreadData } from './row-job.ts'
import { serveRows } from './serve-rows.ts'

const { redaction } = workerData as RowThreadData
// no workspace's key: it only fills the place
const rules = createRedactor({ ...redaction, idKey: Buffer.alloc(32), ...redactClocks })
serveRows(parentPort as MessagePort, rules)
