import t from 'tap'
import { limits } from '../../src/limits.ts'
import { realService } from './real-service.ts'

const { ask, as } = await realService(t)

t.test('a burst passes; a flood does not; others are not touched', async (t) => {
  const reader = { sub: 'busy', scope: 'traces:read' }
  const list = () => as(reader, 'GET', '/api/workflows')
  const burst = await Promise.all(Array.from({ length: 100 }, list))
  t.ok(burst.every(({ status }) => status === 200))
  let limited = null
  for (let i = 100; i <= limits.readsPerWindow && limited === null; i++) {
    const answer = await list()
    if (answer.status === 429) limited = answer
  }
  t.match(limited, {
    status: 429,
    headers: { 'retry-after': '1' },
    json: { code: 'TRACE_TOO_MANY_REQUESTS' },
  })
  t.equal((await as({ ...reader, sub: 'calm' }, 'GET', '/api/workflows')).status, 200)
  t.equal((await as({ ...reader, workspace: 'w2' }, 'GET', '/api/workflows')).status, 200)
})

t.test('ids cannot be tried out', async (t) => {
  const guesser = { sub: 'guesser', scope: 'traces:read' }
  const guess = (i: number) => as(guesser, 'GET', `/api/executions/guess-${i}/trace`)
  let tries = 0
  while (tries < limits.readsPerWindow && (await guess(tries)).status === 404) tries++
  t.equal(tries, limits.refusalsPerWindow + 1)
  t.equal((await as(guesser, 'GET', '/api/workflows')).status, 429, 'whatever is asked then')
})

t.test('one count for all doors, and for all tokens of a subject', async (t) => {
  const guess = (i: number) =>
    as(
      { sub: 'two doors', scope: 'traces:read artifacts:read', jti: `token ${i}` },
      'GET',
      i % 2 === 0 ? `/api/executions/guess-${i}/trace` : `/api/artifacts/guess-${i}/download`,
    )
  let tries = 0
  while (tries < limits.readsPerWindow && (await guess(tries)).status === 404) tries++
  t.equal(tries, limits.refusalsPerWindow + 1)
})

t.test('exports are not counted', async (t) => {
  const writer = { sub: 'runner', scope: 'traces:write' }
  const json = { 'content-type': 'application/json' }
  for (let i = 0; i < limits.readsPerWindow + 50; i++) {
    const { status } = await as(writer, 'POST', '/v1/traces', '{}', json)
    if (status !== 200) t.fail(`export ${i}: ${status}`)
  }
  t.equal((await ask('GET', '/v1/traces')).status, 405)
})
