import t from 'tap'
import { limits } from '../../src/limits.ts'
import { realService } from './real-service.ts'

const { ask, as } = await realService(t)

t.test('a burst passes; a flood does not; others are not touched', async (t) => {
  const reader = { sub: 'busy', scope: 'traces:read' }
  const list = () => as(reader, 'GET', '/api/workflows')
  const burst = await Promise.all(Array.from({ length: 100 }, list))
  t.strictSame(
    burst.filter(({ status }) => status !== 200).map(({ status, json }) => ({ status, json })),
    [],
  )
  // many at a time, and more than one window's: on a slow machine a window passes while they are asked
  let limited: Awaited<ReturnType<typeof list>> | undefined
  for (let sent = 100; sent < 4 * limits.readsPerWindow && limited === undefined; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, list))
    limited = answers.find(({ status }) => status !== 200)
  }
  t.match(limited, {
    status: 429,
    headers: { 'retry-after': '1' },
    json: { code: 'TRACE_TOO_MANY_REQUESTS' },
  })
  t.equal((await as({ ...reader, sub: 'calm' }, 'GET', '/api/workflows')).status, 200)
  t.equal((await as({ ...reader, workspace: 'w2' }, 'GET', '/api/workflows')).status, 200)
})

type Guess = (subject: string, i: number) => Promise<{ status: number }>

/** How many guesses were answered before one was refused. Again by another subject, when a window passed meanwhile. */
async function guesses(subject: string, guess: Guess): Promise<{ tries: number; subject: string }> {
  for (let attempt = 1; ; attempt++) {
    const who = `${subject} ${attempt}`
    const began = performance.now()
    let tries = 0
    while (tries < limits.readsPerWindow && (await guess(who, tries)).status === 404) tries++
    if (performance.now() - began < limits.readWindowMs || attempt === 5) return { tries, subject: who }
  }
}

t.test('ids cannot be tried out', async (t) => {
  const { tries, subject } = await guesses('guesser', (sub, i) =>
    as({ sub, scope: 'traces:read' }, 'GET', `/api/executions/guess-${i}/trace`),
  )
  t.equal(tries, limits.refusalsPerWindow + 1)
  const { status } = await as({ sub: subject, scope: 'traces:read' }, 'GET', '/api/workflows')
  t.equal(status, 429, 'whatever is asked then')
})

t.test('one count for all doors, and for all tokens of a subject', async (t) => {
  const { tries } = await guesses('two doors', (sub, i) =>
    as(
      { sub, scope: 'traces:read artifacts:read', jti: `token ${i}` },
      'GET',
      i % 2 === 0 ? `/api/executions/guess-${i}/trace` : `/api/artifacts/guess-${i}/download`,
    ),
  )
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
