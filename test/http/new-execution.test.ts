import t from 'tap'
import { span } from '../helpers/span-content.ts'
import { realService } from './real-service.ts'

t.test('an execution that is read before its first roll-up is done is not missing', async (t) => {
  const service = await realService(t)
  const ask = (id: string) => service.as({ scope: 'traces:read' }, 'GET', `/api/executions/${id}/trace`)
  const other = await service.database.work.connect()
  await other.query('begin; lock table executions in exclusive mode')
  await service.store.writeSpans({ workspace: 'default', workflows: ['*'] }, [
    span('1', '1', null, { executionId: 'new', workflowId: 'wf', startNs: BigInt(Date.now()) * 1_000_000n }),
  ])
  const answer = ask('new')
  // longer than a read waits for what it may do without
  await new Promise((resolve) => setTimeout(resolve, 700))
  await other.query('commit')
  other.release()
  t.equal((await answer).status, 200)
  t.equal((await ask('never')).status, 404)
})
