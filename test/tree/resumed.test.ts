import t from 'tap'
import { buildExecutionTree } from '../../src/tree/execution-tree.ts'
import { rollUp } from '../../src/tree/roll-up.ts'
import { slim } from './slim.ts'

const run = (
  id: string,
  parent: string,
  startNs: bigint,
  status: 'ok' | 'error' | 'interrupted' | 'running',
) =>
  slim(id, parent, {
    kind: 'workflow',
    executionId: 'e1',
    startNs,
    status,
    ...(status === 'running' ? { endNs: null } : {}),
  })
const status = (...spans: ReturnType<typeof run>[]) =>
  rollUp(buildExecutionTree(spans, { executionId: 'e1', fallback: false })).status

t.test('an engine may resume below what waited: what began last tells', async (t) => {
  const waits = run('waits', '', 1_000n, 'interrupted')
  t.equal(status(waits), 'interrupted')
  t.equal(status(waits, run('on', 'waits', 2_000n, 'ok')), 'completed')
  t.equal(status(waits, run('on', 'waits', 2_000n, 'error')), 'failed')
  t.equal(status(waits, run('on', 'waits', 2_000n, 'running')), 'running')
  const again = run('again', 'waits', 2_000n, 'interrupted')
  t.equal(status(waits, again), 'interrupted')
  t.equal(status(waits, again, run('on', 'again', 3_000n, 'ok')), 'completed')
})

t.test('who starts a workflow may not wait for it: the workflow tells', async (t) => {
  const starts = slim('starts', '', { startNs: 1_000n, executionId: 'e1' })
  t.equal(status(starts), 'completed')
  t.equal(status(starts, run('on', 'starts', 2_000n, 'error')), 'failed')
  t.equal(status(starts, run('on', 'starts', 2_000n, 'running')), 'running')
  t.equal(status(starts, run('on', 'starts', 1_050n, 'error')), 'completed', 'it was waited for, and caught')
  const failed = slim('failed', '', { startNs: 1_000n, status: 'error', executionId: 'e1' })
  t.equal(status(failed, run('on', 'failed', 2_000n, 'ok')), 'failed')
})

t.test('a workflow that ran while its caller did not wait yet is no resumption', async (t) => {
  const waits = run('waits', '', 1_000n, 'interrupted')
  t.equal(status(waits, run('part', 'waits', 1_050n, 'ok')), 'interrupted')
  t.equal(status(waits, slim('step', 'waits', { startNs: 2_000n })), 'interrupted')
})
