import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import type { EncodedBatch } from '../../src/store/encode-batch.ts'
import { SpanWriter } from '../../src/store/span-writer.ts'
import { span } from '../helpers/span.ts'
import { testStore } from '../helpers/store.ts'

t.test('while the oldest has waited too long, new ones are told to come back', async (t) => {
  // Every connection is away: commits neither end nor fail until they are let go.
  const held: ((error: Error) => void)[] = []
  const pool = { connect: () => new Promise((_, reject) => held.push(reject)) }
  const writer = new SpanWriter(pool as never, { committed() {}, failed() {} })
  const batch = {
    spans: { byteLength: 10, length: 1, slice: () => Buffer.alloc(10), abandon() {} },
    messages: Buffer.alloc(0),
    marks: Buffer.alloc(0),
    erasuresKnown: 0n,
  } as unknown as EncodedBatch
  const outcome = (write: Promise<number>) => write.catch((error: NodeJS.ErrnoException) => error.code)
  const first = outcome(writer.write(batch))
  await wait(50)
  const second = outcome(writer.write(batch))
  await wait(50)
  const third = outcome(writer.write(batch))
  await wait(3_100)
  t.equal(await outcome(writer.write(batch)), 'TRACE_OVERLOADED')
  t.equal(held.length, 2, 'two transactions at a time')
  const away = setInterval(() => held.splice(0).forEach((reject) => void reject(new Error('away'))), 10)
  t.strictSame(await Promise.all([first, second, third]), Array(3).fill('TRACE_STORE_UNAVAILABLE'))
  clearInterval(away)
})

t.test('of two large requests that cannot be stored, a small one finds a writer', async (t) => {
  const { store, database } = await testStore(t)
  const writer = { workspace: 'default', workflows: ['*'] }
  const large = ['1', '2'].map((id) =>
    span('d1', id, null, { attributes: new Map([['text', 'x'.repeat(9 * 1024 * 1024)]]) }),
  )
  await store.writeSpans(writer, [span('d1', '1', null), span('d1', '2', null)])
  const blocker = await database.work.connect()
  // who stores a key that is being deleted waits for the end of the deletion
  await blocker.query('begin; delete from spans')
  let stored = 0
  const both = large.map(async (one) => {
    await store.writeSpans(writer, [one])
    stored += 1
  })
  await wait(100)
  const small = store.writeSpans(writer, [span('d2', '1', null)])
  t.match(await Promise.race([small, wait(1_500)]), { stored: 1 })
  t.equal(stored, 0)
  await blocker.query('rollback')
  blocker.release()
  await Promise.all(both)
  t.equal(stored, 2)
})
