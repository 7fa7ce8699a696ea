import t from 'tap'
import { span } from '../helpers/span.ts'
import { openStream, told } from '../http/live-client.ts'
import { id, listening } from '../http/live-execution.ts'
import { realService, written } from '../http/real-service.ts'

// One look serves every watcher, and one stream each tells them what they may see: with row-level security, neither
// may be held to the reach of whoever came first.
const service = await realService(t, { TRACE_RLS: 'true' })
const { stream } = await listening(service)
const running = { endNs: null, status: 'running' } as const
const write = (...spans: ReturnType<typeof span>[]) => written(service.store, 'default', ['*'], spans)
await write(span('1', 'a', null, { executionId: 'run', workflowId: 'wf', ...running }))

const narrow = { workflows: ['wf'], sub: 'narrow' }
const wide = { workflows: ['wf', 'sub'], sub: 'wide' }
let count = 1
for (const [first, second] of [
  [narrow, wide],
  [wide, narrow],
]) {
  t.test(`${first?.sub} watches first`, async (t) => {
    const watchers = new Map([
      [first?.sub, await openStream(stream, first)],
      [second?.sub, await openStream(stream, second)],
    ])
    for (const [, client] of watchers) await client.until((one) => one.event === 'summary')
    const child = `c${count}`
    const name = `part-${count++}`
    await write(
      span('1', child, 'a', { name: 'delegated', kind: 'workflow', executionId: name, workflowId: 'sub' }),
    )
    for (const [sub, client] of watchers) {
      const { data } = await client.until((one) => told([one]).includes(id(child)), 20_000)
      const at = data.columns.span_id.indexOf(id(child))
      t.equal(data.columns.sub_execution[at], sub === 'wide' ? name : '', `${sub} is told its own`)
      t.equal(data.columns.name[at] === 'delegated', sub === 'wide')
    }
    for (const [, client] of watchers) {
      client.cut()
      await client.ended
    }
  })
}

t.test('who watched first goes: the look is nobody’s', async (t) => {
  const first = await openStream(stream, narrow)
  await first.until((one) => one.event === 'summary')
  const second = await openStream(stream, wide)
  await second.until((one) => one.event === 'summary')
  first.cut()
  await first.ended
  await write(span('1', 'd', 'a', { executionId: 'run', workflowId: 'wf' }))
  await second.until((one) => told([one]).includes(id('d')), 20_000)
  t.match((await second.until((one) => one.event === 'summary' && one.data.span_count >= 2)).data, {
    status: 'running',
  })
  second.cut()
  await second.ended
})
