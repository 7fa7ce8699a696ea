import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createRunner } from '../../src/runner/index.ts'
import { Receiver } from './receiver.ts'

async function setup(test: Pick<typeof t, 'teardown'>, snapshotAfterMs: number) {
  const receiver = new Receiver()
  const endpoint = await receiver.listen()
  const runner = createRunner({ endpoint, serviceName: 'test', snapshotAfterMs, flushIntervalMs: 60 })
  test.teardown(async () => {
    await runner.shutdown({ timeoutMs: 200 })
    await receiver.close()
  })
  return { receiver, runner }
}

t.test('a running execution is visible before it ends, and the end replaces the snapshot', async (t) => {
  const { receiver, runner } = await setup(t, 60_000)
  let finish = (): void => undefined
  const run = runner.execution({ workflowId: 'long', executionId: 'ex' }, async (execution) => {
    await execution.node({ id: 'quick' }, () => sleep(1))
    await execution.node({ id: 'open' }, async () => {
      await execution.span({ name: 'leaf' }, () => sleep(1))
      await new Promise<void>((resolve) => {
        finish = resolve
      })
    })
  })
  await receiver.until(() => receiver.ended.has('leaf'))
  const snapshots = receiver.spans.filter((span) => span.endNs === 0n)
  t.same(
    snapshots.map((span) => span.name).sort(),
    ['long', 'open'],
    'the root, and the open parent of a sent span',
  )
  for (const snapshot of snapshots) {
    t.equal(snapshot.attributes.get('workflow.execution.id'), 'ex')
    t.ok(snapshot.startNs > 0n)
  }
  finish()
  await run
  await runner.shutdown()
  for (const snapshot of snapshots) {
    const final = receiver.ended.get(snapshot.name)
    t.equal(final?.spanId, snapshot.spanId)
    t.equal(final?.traceId, snapshot.traceId)
    t.ok((final?.endNs ?? 0n) >= snapshot.startNs)
  }
  t.equal(receiver.spans.length, 6, 'each span once, and two snapshots')
})

t.test('a node that lives long is shown as running', async (t) => {
  const { receiver, runner } = await setup(t, 100)
  await runner.execution({ workflowId: 'wf' }, (execution) =>
    execution.node({ id: 'slow' }, () =>
      receiver.until(() => receiver.spans.some((span) => span.name === 'slow' && span.endNs === 0n)),
    ),
  )
  t.ok(receiver.requests.length > 0)
})

t.test('a short execution sends no snapshot', async (t) => {
  const { receiver, runner } = await setup(t, 100)
  await runner.execution({ workflowId: 'short' }, () => 1)
  await runner.shutdown()
  t.same(
    receiver.spans.map((span) => span.endNs > 0n),
    [true],
  )
})
