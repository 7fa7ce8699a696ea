import t from 'tap'
import { span } from '../helpers/span-content.ts'
import { realService } from './real-service.ts'

t.test('the executions of one thread are listed together, and no others', async (t) => {
  const service = await realService(t)
  const run = (trace: string, name: string, threadId: string | null, workflowId = 'wf') =>
    span(trace, '1', null, {
      executionId: name,
      workflowId,
      threadId,
      startNs: BigInt(Date.now()) * 1_000_000n,
    })
  await service.store.writeSpans({ workspace: 'default', workflows: ['*'] }, [
    run('1', 'first', 'chat-1'),
    run('2', 'second', 'chat-1'),
    run('3', 'other', 'chat-2'),
    run('4', 'alone', null),
    run('5', 'elsewhere', 'chat-1', 'another'),
  ])
  const list = async (query: string) => {
    const answer = await service.as({ scope: 'traces:read' }, 'GET', `/api/workflows/wf/executions${query}`)
    t.equal(answer.status, 200)
    return answer.json as { execution_id?: string; id?: string }[]
  }
  const ids = async (query: string) => (await list(query)).map((one) => one.execution_id ?? one.id).sort()
  t.same(await ids('?thread_id=chat-1'), ['first', 'second'])
  t.same(await ids('?thread_id=chat-2'), ['other'])
  t.same(await ids('?thread_id=none'), [])
  t.same(await ids(''), ['alone', 'first', 'other', 'second'])
})
