import type { MessagePort } from 'node:worker_threads'
import { type Redactor, withIdKey } from '../redact/index.ts'
import { encodeSlices } from '../store/encode-batch.ts'
import { Repeats } from '../store/message-parts.ts'
import { giveBuffer } from '../store/row-buffers.ts'
import { sendBatch } from '../store/sent-rows.ts'
import type { RowAnswer, RowJob } from './row-job.ts'
import { newTally, spansOf } from './spans-of.ts'
import { Turns } from './turns.ts'

/** Workspaces whose redactor is remembered. */
const MOST_WORKSPACES = 1_000

/** Makes the rows of the requests that come through a port. `rules`: the redactor, but for the workspace's key. */
export function serveRows(port: MessagePort, rules: Redactor): void {
  const redactors = new Map<string, Redactor>()
  const repeats = new Repeats()
  const turns = new Turns()
  let days: ReadonlySet<string> = new Set()

  const redactorOf = (workspace: string, idKey: Uint8Array): Redactor => {
    let found = redactors.get(workspace)
    if (found === undefined) {
      if (redactors.size >= MOST_WORKSPACES) redactors.clear()
      redactors.set(workspace, (found = withIdKey(rules, idKey)))
    }
    return found
  }

  const make = async ({ id, plan, workspace, idKey, ...job }: RowJob): Promise<void> => {
    const { buffer, byteOffset, byteLength } = job.bytes
    const body = { ...job, bytes: Buffer.from(buffer, byteOffset, byteLength) }
    const place = { ...plan, days, repeats }
    const tally = newTally()
    const due = turns.due(body.maxBytes)
    await turns.take(due)
    try {
      const redactor = async () => redactorOf(workspace, idKey)
      const pause = () => {
        turns.give()
        return turns.take(due)
      }
      const reading = { ...job, inflated: () => {}, redactor, pause, atOnce: job.maxBytes }
      const spans = spansOf(body, reading, tally)
      const batches = (await encodeSlices(spans, async () => place)).map(sendBatch)
      const handed = batches.flatMap((batch) => [
        batch.memory,
        batch.ends.buffer,
        batch.marks.buffer,
        batch.messages.buffer,
      ])
      port.postMessage({ id, batches, tally } satisfies RowAnswer, handed)
    } catch (error) {
      port.postMessage({ id, ...told(error as Error) } satisfies RowAnswer)
    } finally {
      turns.give()
    }
  }

  port.on('message', (job: RowJob) => {
    for (const memory of job.spare) giveBuffer(Buffer.from(memory))
    if (job.days !== null) days = new Set(job.days)
    void make(job)
  })
  port.postMessage({ ready: true } satisfies RowAnswer)
}

/** An error of the catalogue as it is. Of any other its name alone: it may hold words of the payload. */
function told(error: Error & { code?: unknown }): { code: string | null; message: string } {
  const { code, message, name } = error
  if (typeof code === 'string' && code.startsWith('TRACE_')) return { code, message }
  return { code: null, message: `a request could not be read (${name})` }
}
