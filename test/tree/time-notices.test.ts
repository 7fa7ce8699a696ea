import t from 'tap'
import { buildExecutionTree } from '../../src/tree/execution-tree.ts'
import { rollUp } from '../../src/tree/roll-up.ts'
import type { SlimSpan } from '../../src/tree/slim-span.ts'
import { slim } from './slim.ts'

const notices = (...spans: SlimSpan[]) =>
  rollUp(buildExecutionTree(spans, { executionId: 't1', fallback: true })).notices
const second = 1_000_000_000n
const minute = 60_000

t.test('a service whose clock is behind its caller is told, with how much', (t) => {
  const root = slim('r', '', { serviceName: 'runner', startNs: 100n * second })
  const child = (startNs: bigint, serviceName = 'model') => slim('c', 'r', { serviceName, startNs })
  t.match(notices(root, child(98n * second)), [{ code: 'clock_skew', message: /model .* 2000 ms/, count: 1 }])
  t.strictSame(notices(root, child(98n * second, 'runner')), [], 'of one service: no clock differs')
  t.strictSame(notices(root, child(100n * second - 1_000_000n)), [], 'a millisecond is no skew')
  t.strictSame(notices(root, child(0n)), [], 'no start is no skew')
  t.end()
})

t.test('spans that come long after the end are told, a replay of everything is not', (t) => {
  const at = (id: string, parent: string, receivedMs: number) => slim(id, parent, { receivedMs })
  t.match(notices(at('r', '', 0), at('a', 'r', minute), at('b', 'r', 11 * minute)), [
    { code: 'late', count: 1 },
  ])
  t.strictSame(notices(at('r', '', 99 * minute), at('a', 'r', 99 * minute)), [])
  t.strictSame(notices({ ...at('r', '', 0), endNs: null, status: 'running' }, at('b', 'r', 60 * minute)), [])
  t.end()
})
