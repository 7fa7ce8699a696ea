import t from 'tap'
import { someTimeNs, span } from '../helpers/span.ts'
import { realService, written } from './real-service.ts'

const everything = { scope: 'traces:read content:read' }
const say = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] })
const system = say('system', 'You are terse. '.repeat(30))
const question = say('user', 'What is the weather in Paris?')
const answer = say('assistant', 'Let me look.')
const result = say('tool', '18 degrees')

let calls = 0
const call = (input: object[], output: object) =>
  span('a', (++calls).toString(16), null, {
    kind: 'llm',
    executionId: 'talk',
    workflowId: 'wf',
    startNs: someTimeNs + BigInt(calls) * 1_000_000n,
    content: new Map([
      ['gen_ai.input.messages', JSON.stringify(input)],
      ['gen_ai.output.messages', JSON.stringify([output])],
    ]),
  })

t.test('a call says which of its messages are new in this turn', async (t) => {
  const service = await realService(t)
  const more = [system, question, answer, result]
  await written(
    service.store,
    'default',
    ['*'],
    [
      call([system, question], answer),
      // another agent of the same execution, with the same instructions
      call([system, say('user', 'Translate this')], say('assistant', 'Traduire')),
      call(more, say('assistant', 'It is 18 degrees.')),
    ],
  )
  const isNew = async (id: number, claims = everything) => {
    const path = `/api/executions/talk/spans/${id.toString(16).padStart(16, '0')}`
    const { json } = await service.as(claims, 'GET', path)
    return json.input.messages.map((message: { new: boolean }) => message.new)
  }
  t.strictSame(await isNew(1), [true, true])
  t.strictSame(await isNew(2), [true, true], 'equal instructions alone are no earlier turn')
  t.strictSame(await isNew(3), [false, false, false, true], 'the answer of the turn before is not new')
  t.strictSame(await isNew(3, { scope: 'traces:read' }), [])
})

t.test('what another execution of the same trace asked does not show', async (t) => {
  const service = await realService(t)
  const secret = say('user', 'The launch is on Friday')
  const of = (id: string, execution: string, workflow: string, input: object[], at: number) =>
    span('b', id, null, {
      kind: 'llm',
      executionId: execution,
      workflowId: workflow,
      startNs: someTimeNs + BigInt(at),
      content: new Map([['gen_ai.input.messages', JSON.stringify(input)]]),
    })
  await written(
    service.store,
    'default',
    ['*'],
    [
      of('1', 'hidden', 'payroll', [secret], 1),
      // who may write can guess, and would read whether the guess was right
      of('2', 'mine', 'guess', [secret, question], 2),
    ],
  )
  const claims = { ...everything, workflows: ['guess'] }
  const { json } = await service.as(claims, 'GET', `/api/executions/mine/spans/${'2'.padStart(16, '0')}`)
  t.strictSame(
    json.input.messages.map((message: { new: boolean }) => message.new),
    [true, true],
  )
  t.equal((await service.as(claims, 'GET', '/api/executions/hidden/trace')).status, 404)
})
