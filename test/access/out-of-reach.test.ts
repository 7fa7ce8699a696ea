import pg from 'pg'
import t from 'tap'
import { span } from '../helpers/span.ts'
import { realService, written } from '../http/real-service.ts'

const { as, app, store } = await realService(t)

/** Statements of readers: roll-ups work at their own time, on other connections. */
let statements: string[] = []
const { query } = pg.Client.prototype as unknown as { query: (...given: unknown[]) => unknown }
Object.assign(pg.Client.prototype, {
  query(this: { connectionParameters?: { application_name?: string } }, ...given: unknown[]) {
    const [first] = given as [string | { text?: string }]
    const text = typeof first === 'string' ? first : (first?.text ?? '')
    const isRead = this.connectionParameters?.application_name === 'workflow-trace read'
    if (isRead && !/^\s*(?:begin|commit|rollback|listen|set )/i.test(text)) statements.push(text)
    return query.apply(this, given)
  },
})
t.teardown(async () => {
  Object.assign(pg.Client.prototype, { query })
})

const own = (id: string, execution: string, workflow: string) => [
  span(id, '1', null, { executionId: execution, workflowId: workflow, kind: 'workflow' }),
  span(id, '2', '1', { executionId: execution, workflowId: workflow }),
]
await written(store, 'w', ['a', 'b'], [...own('a', 'run-a', 'a'), ...own('b', 'run-b', 'b')])
await written(store, 'elsewhere', ['*'], own('c', 'run-c', 'a'))
const upload = async (workspace: string, execution: string, id: string) => {
  const writer = { workspace, workflows: workspace === 'w' ? ['a', 'b'] : ['*'], scope: 'artifacts:write' }
  const path = `/api/executions/${execution}/artifacts/${id}`
  const { status, json } = await as(writer, 'PUT', path, 'bytes', { 'content-type': 'text/plain' })
  if (status !== 201) throw new Error(`upload: ${status}`)
  return json.download_id as string
}
const files = {
  mine: await upload('w', 'run-a', 'file-a'),
  'another workflow': await upload('w', 'run-b', 'file-b'),
  'another workspace': await upload('elsewhere', 'run-c', 'file-c'),
}
const scope = 'traces:read content:read content:reveal artifacts:read traces:delete admin'
let subject = 0
const mine = () => ({ workspace: 'w', workflows: ['a'], scope, sub: `reader ${subject++}` })

const ofExecution: [method: string, rest: string, body?: object][] = [
  ['GET', '/trace'],
  ['GET', '/trace?view=skeleton'],
  ['GET', '/trace?view=skeleton&q=span'],
  ['GET', '/trace/summary'],
  ['GET', '/trace/export'],
  ['GET', '/trace/stream'],
  ['GET', `/spans/${'1'.padStart(16, '0')}`],
  ['GET', '/compare/run-a'],
  ['POST', `/spans/${'1'.padStart(16, '0')}/reveal`, { reason: 'look' }],
]
const ofArtifact: [method: string, rest: string][] = [
  ['GET', '/download'],
  ['HEAD', '/download'],
  ['POST', '/link'],
]

/** What it costs and says to ask: the answer, its headers but the clock and the limit's, and the statements. */
async function asked(method: string, path: string, body?: object) {
  statements = []
  const { status, headers, text } = await as(mine(), method, path, body)
  const told = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(?:date|x-request-id|x-ratelimit-.*)$/.test(name)),
  )
  return { status, text, told, statements: statements.map((one) => one.replace(/\s+/g, ' ')) }
}

t.test('what is in reach is found', async (t) => {
  for (const [method, rest, body] of ofExecution) {
    if (rest === '/trace/stream') continue // does not end by itself
    t.equal((await asked(method, `/api/executions/run-a${rest}`, body)).status, 200, rest)
  }
  for (const [method, rest] of ofArtifact) {
    t.equal((await asked(method, `/api/artifacts/${files.mine}${rest}`)).status, 200, rest)
    t.equal((await asked(method, `/api/artifacts/file-a${rest}`)).status, 200, `${rest} by its raw id`)
  }
})

t.test('out of reach is missing: the same answer, by the same statements', async (t) => {
  const unlike = `art_${'A'.repeat(22)}`
  for (const [method, rest, body] of ofExecution) {
    // the first look may find a list of revoked tokens, keys or marks to read: it is not compared
    await asked(method, `/api/executions/warm${rest}`, body)
    const missing = await asked(method, `/api/executions/nothing${rest}`, body)
    t.equal(missing.status, 404, rest)
    t.ok(missing.statements.length > 0, `${missing.statements.length} statements`)
    for (const execution of ['run-b', 'run-c', 'b'.padStart(32, '0'), 'c'.padStart(32, '0')]) {
      const hidden = await asked(method, `/api/executions/${execution}${rest}`, body)
      const compared =
        execution.length === 32
          ? await asked(method, `/api/executions/${'9'.repeat(32)}${rest}`, body)
          : missing
      t.strictSame(hidden, compared, `${method} ${execution}${rest}`)
    }
  }
  for (const [method, rest] of ofArtifact) {
    await asked(method, `/api/artifacts/${unlike}${rest}`)
    const missing = await asked(method, `/api/artifacts/${unlike}${rest}`)
    const missingId = await asked(method, `/api/artifacts/nothing${rest}`)
    t.equal(missing.status, 404, rest)
    for (const who of ['another workflow', 'another workspace'] as const) {
      t.strictSame(await asked(method, `/api/artifacts/${files[who]}${rest}`), missing, `${rest} ${who}`)
    }
    for (const id of ['file-b', 'file-c']) {
      t.strictSame(await asked(method, `/api/artifacts/${id}${rest}`), missingId, `${rest} ${id}`)
    }
  }
  const period = 'from=2026-01-01T00:00:00Z&to=2026-01-08T00:00:00Z'
  const unknown = await asked('GET', `/api/workflows/zzz/stats?${period}`)
  const hidden = await asked('GET', `/api/workflows/b/stats?${period}`)
  t.strictSame({ ...hidden, text: hidden.text.replaceAll('"b"', '"zzz"'), told: 0 }, { ...unknown, told: 0 })
  t.equal(hidden.text.length - unknown.text.length, -2, 'but for the name that was asked for')
})
await app.ready()
