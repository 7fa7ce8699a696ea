import t from 'tap'
import { span } from '../helpers/span.ts'
import { openStream, told } from './live-client.ts'
import { begun, id } from './live-execution.ts'

t.test(
  'names are masked for their reader, and of executions out of reach there is only the row',
  async (t) => {
    const { stream, write } = await begun(t)
    const client = await openStream(stream, { workflows: ['wf'] })
    await client.until((one) => one.event === 'summary')
    await write(
      span('1', 'b', 'a', { name: 'mail to ann@example.org' }),
      span('1', 'c', 'a', { name: 'secret plan', executionId: 'other', workflowId: 'wf-other' }),
    )
    const { data } = await client.until((one) => told([one]).includes(id('c')))
    t.notMatch(JSON.stringify(data), /ann@example|secret plan|wf-other/)
    t.same(data.columns.sub_execution, [null, ''])
    client.cut()
  },
)

t.test('refused like any other read; a workflow that moves out of reach ends the stream', async (t) => {
  const { service, stream } = await begun(t)
  t.equal((await openStream(stream, { workflows: ['elsewhere'] })).status, 404)
  t.equal((await openStream(stream, { scope: 'traces:write' })).status, 403)
  const client = await openStream(stream, { workflows: ['wf'] })
  await client.until((one) => one.event === 'summary')
  await service.database.work.query(`update executions set workflow_id = 'wf-2'`)
  t.match((await client.until((one) => one.event === 'reconnect')).data, { reason: 'changed' })
  await client.ended
  t.equal((await openStream(stream, { workflows: ['wf'] })).status, 404)
})

t.test('a stream ends with its token', async (t) => {
  const { stream } = await begun(t)
  const client = await openStream(stream, { exp: Math.floor(Date.now() / 1000) + 2 })
  t.match((await client.until((one) => one.event === 'reconnect')).data, { reason: 'token' })
  await client.ended
})

t.test('a stream tells nothing to a token that was revoked', async (t) => {
  const { stream, service, write } = await begun(t)
  const client = await openStream(stream, { jti: 'lost' })
  await client.until((one) => one.event === 'summary')
  await service.store.revocations.revoke('lost')
  await write(span('1', 'b', 'a', { executionId: 'run', workflowId: 'wf', name: 'after' }))
  t.match((await client.until((one) => one.event === 'reconnect', 10_000)).data, { reason: 'token' })
  await client.ended
  t.notMatch(JSON.stringify(client.events), 'after')
  t.equal((await openStream(stream, { jti: 'lost' })).status, 401)
})

t.test('one subject has so many streams, and gets their places back', async (t) => {
  const { stream } = await begun(t)
  const clients = await Promise.all(Array.from({ length: 50 }, () => openStream(stream)))
  t.equal((await openStream(stream)).status, 429)
  const other = await openStream(stream, { sub: 'somebody else' })
  t.equal(other.status, 200)
  for (const client of [...clients, other]) client.cut()
  await Promise.all(clients.map((client) => client.ended))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const again = await openStream(stream)
  t.equal(again.status, 200)
  again.cut()
})

t.test('closing the service ends every stream at once', async (t) => {
  const { service, stream } = await begun(t)
  const client = await openStream(stream)
  await client.until((one) => one.event === 'summary')
  const began = Date.now()
  await service.app.close()
  t.ok(Date.now() - began < 2_000, `${Date.now() - began} ms`)
  await client.ended
  t.match(client.events.at(-1), { event: 'reconnect', data: { reason: 'stopping' } })
})
