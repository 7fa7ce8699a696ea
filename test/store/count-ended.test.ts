import t from 'tap'
import { countEnded, type Ended } from '../../src/store/count-ended.ts'
import { span } from '../helpers/span.ts'
import { reader, testStore } from '../helpers/store.ts'

const sampled = { code: 'sampled', message: 'a share', count: 1 }
const writer = { workspace: 'default', workflows: ['*'] }

t.test('an execution that ended is counted once, with the reason why it is not complete', async (t) => {
  const { store, database } = await testStore(t)
  const named = (id: string) => ({ executionId: id, workflowId: 'wf' })
  await store.writeSpans(writer, [
    span('1', '1', null, named('done')),
    span('2', '1', null, { ...named('failed'), status: 'error' }),
    span('3', '1', null, named('waits')),
    span('3', '2', '9', { ...named('waits'), flags: 0x101 }),
    span('6', '1', null, { ...named('share'), traceState: 'ot=th:8', notices: [sampled] }),
    span('6', '2', '9', { ...named('share'), flags: 0x101 }),
    span('4', '1', null, { ...named('running'), endNs: null, status: 'running' }),
    span('5', '1', null, { ...named('asks'), status: 'interrupted' }),
  ])
  // a read settles what is pending
  await store.read.executions(reader(), { workflowId: 'wf', limit: 10 } as never)
  t.strictSame(await countEnded(database.work, 60_000), [], 'stragglers may still come')
  const key = ({ status, complete, count, reason }: Ended) => [status, complete, count, reason].join()
  const sorted = async () => (await countEnded(database.work, 0)).sort((a, b) => (key(a) < key(b) ? -1 : 1))
  t.strictSame(await sorted(), [
    { status: 'completed', complete: false, reason: 'missing_parent', count: 1 },
    { status: 'completed', complete: false, reason: 'sampled', count: 1 },
    { status: 'completed', complete: true, reason: null, count: 1 },
    { status: 'failed', complete: true, reason: null, count: 1 },
  ])
  t.strictSame(await sorted(), [], 'once')
})
